import type { ContactInputs } from "../model/contactInputs";
import { parseRecords, recordsAsJson, type RecordedContact } from "../model/contacts";
import { enrollmentOf, type Enrollment } from "../model/enrollment";
import { TYPES } from "../model/stateFormat";

/** One resource of a stack's state, as far as the commands need it. */
export interface StateResource {
  readonly urn: string;
  /** Pending creates lack it. */
  readonly id?: string;
  readonly type: string;
  /** When it was first recorded; ISO 8601. States of old CLIs lack it. */
  readonly created?: string;
  /**
   * Set on the old half of a replacement in progress: it has been deleted, and other resources may still refer to it. A
   * destroy only removes it, and the next up creates the new half.
   */
  readonly pendingReplacement?: boolean;
  /** Set on the old half of a replacement whose new half was created first, until it is deleted. */
  readonly delete?: boolean;
  /** With it, Pulumi asks for no abort: what it deletes goes on. */
  readonly retainOnDelete?: boolean;
  readonly aliases?: readonly string[] | null;
  readonly parent?: string;
  /** The URN of its provider, with the provider's id after `::`. */
  readonly provider?: string;
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

/** Whether a resource is the old half of a replacement that was deleted before its new half was created. */
export function isDeleted({ pendingReplacement, retainOnDelete }: StateResource): boolean {
  return pendingReplacement === true && retainOnDelete !== true;
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
export function entriesOf(resource: StateResource): Entry[] {
  const { type, urn, pendingReplacement, outputs = {} } = resource;
  if (isDeleted(resource)) return [];
  const of = { urn, ...(pendingReplacement === true ? { isReplaced: true } : {}) };
  if (type === TYPES.enrollment) return [{ ...of, ...enrollmentOf(outputs) }];
  if (type !== TYPES.shard) return [];
  return [...recordsOf(outputs)].map(([email, { instanceId, startSentAt }]) => ({
    ...of,
    ...enrollmentOf({ ...outputs, email, instanceId, startSentAt }),
  }));
}

/** A contact that the state records as a resource of its own. */
export interface ContactEntry extends Pick<ContactInputs, "email" | "list" | "data"> {
  readonly urn: string;
  /** Whether it existed before, and is not the stack's own. */
  readonly adopted: boolean;
}

/**
 * Undefined if the resource is not a contact; and for the old half of a replacement whose contact was archived before the new
 * half was added, for no destroy archives it again.
 */
export function contactEntryOf(resource: StateResource): ContactEntry | undefined {
  const { type, urn, outputs = {} } = resource;
  if (type !== TYPES.contact || isDeleted(resource)) return undefined;
  const { email, list, data, adopted } = outputs;
  return { urn, email: String(email), list: String(list), data: { ...(data as object) }, adopted: adopted === true };
}

/** Enrollments that have certainly ended: their addresses, by the URN of the resource that still records them. */
export type Ended = ReadonlyMap<string, ReadonlySet<string>>;

/** The resources without the enrollments that have ended. */
export function withoutEnded(resources: readonly StateResource[], ended: Ended): StateResource[] {
  const needed = new Set(resources.flatMap(referencesOf));
  return resources.flatMap((resource) => without(resource, ended, needed));
}

/** The URNs of the resources that a resource refers to. The CLI imports no state in which one of them is missing. */
export function referencesOf({ parent, deletedWith, dependencies, propertyDependencies }: StateResource): string[] {
  const ofProperties = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  return [parent, deletedWith, ...(dependencies ?? []), ...ofProperties].filter((urn) => urn !== undefined);
}

/** The URN of the provider of a resource, if it has one. */
export function providerOf({ provider }: StateResource): string[] {
  return provider ? [provider.slice(0, provider.lastIndexOf("::"))] : [];
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

/** The contacts that a shard's outputs record. */
export function recordsOf({ contacts }: Record<string, unknown>): Map<string, RecordedContact> {
  return typeof contacts === "string" ? parseRecords(contacts) : new Map<string, RecordedContact>();
}
