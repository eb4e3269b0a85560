import { digestOf, parseContacts } from "../model/contacts";
import { enrollmentOf, type Enrollment } from "../model/enrollment";
import { TYPES } from "../model/stateFormat";
import type { Deployment, PendingOperation } from "./deployment";
import { entriesOf, recordsOf, type Entry, type StateResource } from "./stateResource";

/**
 * What a pending operation may have done to one address: started it, ended it, or, in an update, ended and then started
 * it.
 */
export type PossibleEffect =
  { readonly start: Entry; readonly ended?: Entry } | { readonly start?: undefined; readonly ended: Entry };

/**
 * What a pending operation may have done.
 *
 * @param resources The resources that the state records.
 * @returns Undefined if that is not known: the state has a pending update of a resource that it does not record.
 */
export function effectsOf(
  { type, resource }: PendingOperation,
  resources: readonly StateResource[],
): PossibleEffect[] | undefined {
  // Pulumi asks for no abort of what is retained.
  if (type === "deleting" && resource.retainOnDelete !== true)
    return entriesOf({ ...resource, pendingReplacement: false }).map((ended) => ({ ended }));
  if (type === "creating") return possibleEffectsOf(resource, undefined);
  if (type !== "updating") return [];
  const recorded = recordOf(resource, resources);
  return recorded === undefined ? undefined : possibleEffectsOf(resource, recorded);
}

/**
 * What a pending create or update may have done.
 *
 * @param pending The resource as the pending operation has it.
 * @param recorded The resource as the state has it. Undefined for a create.
 */
export function possibleEffectsOf(pending: StateResource, recorded: StateResource | undefined): PossibleEffect[] {
  const { type, urn, inputs = {} } = pending;
  if (type === TYPES.enrollment) {
    const start = { urn, ...enrollmentOf(inputs) };
    if (recorded === undefined) return [{ start }];
    return entriesOf(recorded).flatMap((ended) => (isRestarted(ended) ? [{ start, ended }] : []));
  }
  if (type !== TYPES.shard) return [];
  const known = new Map(recorded === undefined ? [] : entriesOf(recorded).map((entry) => [entry.email, entry]));
  const digests = recordsOf(recorded?.outputs ?? {});
  const wanted = parseContacts(String(inputs["contacts"]));
  const removed = [...known.values()].flatMap((ended) =>
    ended.instanceId === undefined || Object.hasOwn(wanted, ended.email) ? [] : [{ ended }],
  );
  const started = Object.entries(wanted).flatMap(([email, data]): PossibleEffect[] => {
    const start = { urn, ...enrollmentOf({ ...inputs, email }) };
    const ended = known.get(email);
    if (ended === undefined) return [{ start }];
    const isChanged = ended.instanceId !== undefined && digests.get(email)?.digest !== digestOf(data);
    return isChanged || isRestarted(ended) ? [{ start, ended }] : [];
  });
  return [...removed, ...started];
}

/** The starts that a state's pending operations may have made. Of an update, all that it may have started at most. */
export function possibleStartsOf({ pending_operations: pending = [] }: Deployment): Entry[] {
  return pending
    .filter(({ type }) => type === "creating" || type === "updating")
    .flatMap(({ resource }) => possibleEffectsOf(resource, undefined).flatMap(({ start }) => start ?? []));
}

/** The addresses that a state's pending operations may have added as contacts. */
export function possibleAddsOf({ pending_operations: pending = [] }: Deployment): { readonly email: string }[] {
  return pending
    .filter(({ type, resource }) => type === "creating" && resource.type === TYPES.contact)
    .map(({ resource: { inputs = {} } }) => ({ email: String(inputs["email"]) }));
}

/**
 * Whether an update aborts a recorded enrollment by address and starts it again, even if nothing of it has changed: its
 * start is unconfirmed. With allowDuplicateEmail, it sends nothing.
 */
function isRestarted({ instanceId, allowDuplicateEmail }: Enrollment): boolean {
  return instanceId === undefined && !allowDuplicateEmail;
}

/**
 * The record of a resource in the state, by its URN or, if it was renamed or moved, by one of its aliases. The old half
 * of a replacement has the same URN and does not count.
 */
function recordOf({ urn, aliases }: StateResource, resources: readonly StateResource[]): StateResource | undefined {
  const recorded = resources.filter(({ pendingReplacement }) => pendingReplacement !== true);
  return recorded.find((one) => one.urn === urn) ?? recorded.find((one) => aliases?.includes(one.urn));
}
