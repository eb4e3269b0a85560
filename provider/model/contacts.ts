import { createHash } from "node:crypto";
import { mailboxKey } from "./addresses";
import type { DataValue } from "./inputs";

/** A shard's contacts in its inputs: the personalization values by address. */
export type Contacts = Readonly<Record<string, Readonly<Record<string, DataValue>>>>;

/** A contact that the state records. A contact that is not recorded does not run. */
export interface RecordedContact {
  /** Undefined while its start is unconfirmed. */
  readonly instanceId: string | undefined;
  /** The digest of the personalization values that it was started with, or {@link DOUBTFUL}. */
  readonly digest: string;
  /** When an unconfirmed start was sent, in milliseconds since 1970. Version 0.1.0 did not record it. */
  readonly startSentAt?: number | undefined;
}

/** A contact in the state's compact form: a cohort may have a hundred thousand contacts. */
type StoredContact = readonly [instanceId: string | null, digest: string, startSentAt?: number];

/**
 * Parses the contacts of a shard's inputs. Inputs and state hold contacts as JSON text. The engine writes its whole
 * state at each step, and this makes a shard one value. The CLI shows changes in such a text field by field.
 */
export function parseContacts(text: string): Contacts {
  return JSON.parse(text) as Contacts;
}

/** Parses the contacts of a shard's state. */
export function parseRecords(text: string): Map<string, RecordedContact> {
  const stored = Object.entries(JSON.parse(text) as Record<string, StoredContact>);
  return new Map(
    stored.map(([email, [instanceId, digest, startSentAt]]) => [
      email,
      { instanceId: instanceId ?? undefined, digest, startSentAt },
    ]),
  );
}

/** The reverse of {@link parseRecords}. */
export function recordsAsJson(contacts: Iterable<readonly [email: string, contact: RecordedContact]>): string {
  const stored = [...contacts].map(([email, { instanceId, digest, startSentAt }]): [string, StoredContact] => [
    email,
    startSentAt === undefined ? [instanceId ?? null, digest] : [instanceId ?? null, digest, startSentAt],
  ]);
  return sortedJson(stored);
}

/** JSON text sorted by address, so that reordering a list is not a change. */
export function sortedJson(entries: Iterable<readonly [email: string, value: unknown]>): string {
  return JSON.stringify(Object.fromEntries([...entries].sort(byAddress)));
}

/** The contacts' places in the program's list, from 1, in the order of {@link sortedJson}. */
export function numbersAsJson(contacts: readonly { readonly email: string; readonly number: number }[]): string {
  const sorted = contacts.map(({ email, number }) => [email, number] as const).sort(byAddress);
  return JSON.stringify(sorted.map(([, number]) => number));
}

function byAddress(
  [a]: readonly [email: string, value: unknown],
  [b]: readonly [email: string, value: unknown],
): number {
  return a < b ? -1 : 1;
}

/**
 * The shard that an address belongs to, in any spelling: 0 to `shards` - 1. It stays the same while the number of shards
 * does.
 */
export function shardOf(email: string, shards: number): number {
  return createHash("sha256").update(mailboxKey(email)).digest().readUInt32BE(0) % shards;
}

/** Groups contacts by shard. Shards without a contact are left out. */
export function byShard<T extends { readonly email: string }>(
  contacts: readonly T[],
  shards: number,
): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const contact of contacts) {
    const shard = shardOf(contact.email, shards);
    const group = groups.get(shard);
    if (group === undefined) groups.set(shard, [contact]);
    else group.push(contact);
  }
  return groups;
}

/** A digest of personalization values. The order of keys does not affect it. */
export function digestOf(data: Contacts[string]): string {
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest("base64url").slice(0, DIGEST_LENGTH);
}

const DIGEST_LENGTH = 16;

/**
 * Matches no values. Marks a contact that may have been aborted, so that the next up aborts it again and then starts
 * it.
 */
export const DOUBTFUL = "";

/** What an update must do, as addresses. */
export interface Changes {
  readonly removed: readonly string[];
  /** Contacts with other personalization values, and contacts that are not known to run. */
  readonly changed: readonly string[];
  readonly added: readonly string[];
}

/**
 * Compares the recorded contacts with the wanted ones.
 *
 * @param isDoubtful Whether a recorded instance may have been aborted.
 */
export function changesOf(
  known: ReadonlyMap<string, RecordedContact>,
  wanted: Contacts,
  isDoubtful: (email: string, instanceId: string) => boolean,
): Changes {
  const isSame = (email: string, { instanceId, digest }: RecordedContact) =>
    instanceId !== undefined && digest === digestOf(wanted[email]!) && !isDoubtful(email, instanceId);
  const stays = (email: string) => Object.hasOwn(wanted, email);
  return {
    removed: [...known.keys()].filter((email) => !stays(email)),
    changed: [...known].filter(([email, contact]) => stays(email) && !isSame(email, contact)).map(([email]) => email),
    added: Object.keys(wanted).filter((email) => !known.has(email)),
  };
}
