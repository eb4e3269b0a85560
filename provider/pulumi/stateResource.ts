import { digestOf, parseContacts, parseRecords, recordsAsJson, type RecordedContact } from "../model/contacts";
import { enrollmentOf, type Enrollment } from "../model/enrollment";
import { TYPES } from "../model/stateFormat";

/** One resource of a stack's state, as far as recover needs it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /**
   * Set on the old half of a replacement in progress: it has been deleted, and other resources may still refer to it. A
   * destroy only removes it, and the next up creates the new half.
   */
  readonly pendingReplacement?: boolean;
  /** With it, Pulumi asks for no abort: what it deletes goes on. */
  readonly retainOnDelete?: boolean;
  readonly aliases?: readonly string[] | null;
  readonly parent?: string;
  readonly deletedWith?: string;
  readonly dependencies?: readonly string[] | null;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>> | null;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

/** Whether a resource belongs to this package. A cohort's plan does, but sends nothing, so it never needs settling. */
export function isMailmodoResource({ type }: StateResource): boolean {
  return Object.values(TYPES).includes(type);
}

/** An enrollment recorded in the state: an enrollment resource, or one contact of a shard. */
export interface Entry extends Enrollment {
  readonly urn: string;
  /** Set if the resource is the old half of a replacement, and was retained. */
  readonly isReplaced?: boolean;
}

/**
 * The enrollments that run, or may run, according to a resource. The old half of a replacement has none, because it was
 * aborted before the new half was started, unless it is retained.
 */
export function entriesOf({ type, urn, pendingReplacement, retainOnDelete, outputs = {} }: StateResource): Entry[] {
  if (pendingReplacement === true && retainOnDelete !== true) return [];
  const of = { urn, ...(pendingReplacement === true ? { isReplaced: true } : {}) };
  if (type === TYPES.enrollment) return [{ ...of, ...enrollmentOf(outputs) }];
  if (type !== TYPES.shard) return [];
  return [...recordsOf(outputs)].map(([email, { instanceId, startSentAt }]) => ({
    ...of,
    ...enrollmentOf({ ...outputs, email, instanceId, startSentAt }),
  }));
}

/** A contact that the state records as a resource of its own. */
export interface ContactEntry {
  readonly urn: string;
  readonly email: string;
  /** Whether it existed before, and is not the stack's own. */
  readonly adopted: boolean;
}

/** Undefined if the resource is not a contact. */
export function contactEntryOf({ type, urn, outputs = {} }: StateResource): ContactEntry | undefined {
  if (type !== TYPES.contact) return undefined;
  return { urn, email: String(outputs["email"]), adopted: outputs["adopted"] === true };
}

/**
 * What a pending operation may have done to one address: started it, ended it, or, in an update, ended and then started
 * it.
 */
export type PossibleEffect =
  { readonly start: Entry; readonly ended?: Entry } | { readonly start?: undefined; readonly ended: Entry };

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
export function recordOf(
  { urn, aliases }: StateResource,
  resources: readonly StateResource[],
): StateResource | undefined {
  const recorded = resources.filter(({ pendingReplacement }) => pendingReplacement !== true);
  return recorded.find((one) => one.urn === urn) ?? recorded.find((one) => aliases?.includes(one.urn));
}

/** Enrollments that have certainly ended: their addresses, by the URN of the resource that still records them. */
export type Ended = ReadonlyMap<string, ReadonlySet<string>>;

/** The resources without the enrollments that have ended. */
export function withoutEnded(resources: readonly StateResource[], ended: Ended): StateResource[] {
  const needed = new Set(resources.flatMap(referencesOf));
  return resources.flatMap((resource) => without(resource, ended, needed));
}

/** The URNs of the resources that a resource refers to. The CLI imports no state in which one of them is missing. */
function referencesOf({ parent, deletedWith, dependencies, propertyDependencies }: StateResource): string[] {
  const ofProperties = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  return [parent, deletedWith, ...(dependencies ?? []), ...ofProperties].filter((urn) => urn !== undefined);
}

/**
 * The resource without its ended enrollments: a shard with fewer contacts; for an enrollment nothing, or the old half of
 * a replacement if other resources refer to it.
 */
function without(resource: StateResource, ended: Ended, needed: ReadonlySet<string>): StateResource[] {
  const emails = ended.get(resource.urn);
  if (emails === undefined || resource.pendingReplacement === true) return [resource];
  if (resource.type === TYPES.enrollment)
    return needed.has(resource.urn) ? [{ ...resource, pendingReplacement: true, retainOnDelete: false }] : [];
  const { outputs = {} } = resource;
  const secret = outputs["contacts"] as { plaintext: string } | string;
  const text = typeof secret === "string" ? secret : (JSON.parse(secret.plaintext) as string);
  const remaining = recordsAsJson([...parseRecords(text)].filter(([email]) => !emails.has(email)));
  const contacts = typeof secret === "string" ? remaining : { ...secret, plaintext: JSON.stringify(remaining) };
  return [{ ...resource, outputs: { ...outputs, contacts } }];
}

/** Whether a resource is a shard that must be changed and whose contacts are encrypted. */
export function mustBeRevealed({ type, urn, outputs }: StateResource, ended: Ended): boolean {
  return type === TYPES.shard && ended.has(urn) && typeof outputs?.["contacts"] !== "string";
}

/** The key that marks a secret in an exported state. */
export const SECRET = "4dabf18193072939515e22adb298388d";

function recordsOf({ contacts }: Record<string, unknown>): Map<string, RecordedContact> {
  return typeof contacts === "string" ? parseRecords(contacts) : new Map<string, RecordedContact>();
}
