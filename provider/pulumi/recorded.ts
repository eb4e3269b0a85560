import { digestOf, parseContacts, parseRecords, textOfRecords, type RecordedContact } from "../model/contacts";
import { enrollmentOf, type Enrollment } from "../model/enrollment";
import { TYPES } from "../model/loader";

/** One resource of a stack's state, as far as recovering needs it. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  /** Set on the old half of a replacement that is under way. */
  readonly pendingReplacement?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

/** Whether a resource is of this package. Of these a cohort's plan sends nothing, so what became of it is no question. */
export function isOurs({ type }: Recorded): boolean {
  return Object.values(TYPES).includes(type);
}

/** An enrollment that a resource of the state has: all that it is, or one of a shard's contacts. */
export interface Entry extends Enrollment {
  readonly urn: string;
}

/** What a resource says runs, or may run. The old half of a replacement was aborted before the new one was started. */
export function entriesOf({ type, urn, pendingReplacement, outputs = {} }: Recorded): Entry[] {
  if (pendingReplacement === true) return [];
  if (type === TYPES.enrollment) return [{ urn, ...enrollmentOf(outputs) }];
  if (type !== TYPES.shard) return [];
  return [...recordsOf(outputs)].map(([email, { instanceId, startSentAt }]) => ({
    urn,
    ...enrollmentOf({ ...outputs, email, instanceId, startSentAt }),
  }));
}

/** What a pending operation may have done to one address: started it, and, in an update, ended it before. */
export type Attempt =
  { readonly start: Entry; readonly ended?: Entry } | { readonly start?: undefined; readonly ended: Entry };

export function attemptsOf(pending: Recorded, recorded: Recorded | undefined): Attempt[] {
  const { type, urn, inputs = {} } = pending;
  if (type === TYPES.enrollment) return recorded === undefined ? [{ start: { urn, ...enrollmentOf(inputs) } }] : [];
  if (type !== TYPES.shard) return [];
  const outputs = recorded?.outputs ?? {};
  const known = recordsOf(outputs);
  const ended = (email: string, instanceId: string) => ({ urn, ...enrollmentOf({ ...outputs, email, instanceId }) });
  const wanted = parseContacts(String(inputs["contacts"]));
  const gone = [...known].flatMap(([email, { instanceId }]) =>
    instanceId === undefined || Object.hasOwn(wanted, email) ? [] : [{ ended: ended(email, instanceId) }],
  );
  const started = Object.entries(wanted).flatMap(([email, data]): Attempt[] => {
    const start = { urn, ...enrollmentOf({ ...inputs, email }) };
    const contact = known.get(email);
    if (contact === undefined) return [{ start }];
    const { instanceId, digest } = contact;
    // One that is unconfirmed stays so: the next up, or a destroy, aborts it by address.
    if (instanceId === undefined || digest === digestOf(data)) return [];
    return [{ start, ended: ended(email, instanceId) }];
  });
  return [...gone, ...started];
}

/** Enrollments that surely ended: their addresses, by the resource that still records them. */
export type Ended = ReadonlyMap<string, ReadonlySet<string>>;

/** The resource without what has ended: a shard with fewer contacts, or, for an enrollment, nothing. */
export function without(resource: Recorded, ended: Ended): Recorded[] {
  const emails = ended.get(resource.urn);
  if (emails === undefined || resource.pendingReplacement === true) return [resource];
  if (resource.type === TYPES.enrollment) return [];
  const { outputs = {} } = resource;
  const secret = outputs["contacts"] as { plaintext: string } | string;
  const text = typeof secret === "string" ? secret : (JSON.parse(secret.plaintext) as string);
  const left = textOfRecords([...parseRecords(text)].filter(([email]) => !emails.has(email)));
  const contacts = typeof secret === "string" ? left : { ...secret, plaintext: JSON.stringify(left) };
  return [{ ...resource, outputs: { ...outputs, contacts } }];
}

/** Whether the contacts of a shard that has to be changed are encrypted. */
export function mustBeRevealed({ type, urn, outputs }: Recorded, ended: Ended): boolean {
  return type === TYPES.shard && ended.has(urn) && typeof outputs?.["contacts"] !== "string";
}

/** Marks a secret in an exported state. */
export const SECRET = "4dabf18193072939515e22adb298388d";

function recordsOf({ contacts }: Record<string, unknown>): Map<string, RecordedContact> {
  return typeof contacts === "string" ? parseRecords(contacts) : new Map<string, RecordedContact>();
}
