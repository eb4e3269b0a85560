import { createHash } from "node:crypto";
import type { DataValue } from "./inputs";

/** A shard's contacts as its inputs have them: from address to personalization values. */
export type Contacts = Readonly<Record<string, Readonly<Record<string, DataValue>>>>;

/** A contact that the state records. One that is not there does not run. */
export interface RecordedContact {
  /** Undefined while its start is unconfirmed. */
  readonly instanceId: string | undefined;
  /** Of the personalization values that it was started with, or {@link DOUBTFUL}. */
  readonly digest: string;
  /** Of an unconfirmed start: when it was sent, in milliseconds since 1970. Version 0.1.0 did not record it. */
  readonly startSentAt?: number | undefined;
}

/** The same in the state, where it is kept short: a cohort may have a hundred thousand. */
type StoredContact = readonly [instanceId: string | null, digest: string, startSentAt?: number];

/**
 * Inputs and state have them as JSON text: a shard is one value for the engine, which writes its whole state at each step,
 * and the CLI shows a change of such a text field by field.
 */
export function parseContacts(text: string): Contacts {
  return JSON.parse(text) as Contacts;
}

export function parseRecords(text: string): Map<string, RecordedContact> {
  const stored = Object.entries(JSON.parse(text) as Record<string, StoredContact>);
  return new Map(
    stored.map(([email, [instanceId, digest, startSentAt]]) => [
      email,
      { instanceId: instanceId ?? undefined, digest, startSentAt },
    ]),
  );
}

export function textOfRecords(contacts: Iterable<readonly [email: string, contact: RecordedContact]>): string {
  const stored = [...contacts].map(([email, { instanceId, digest, startSentAt }]): [string, StoredContact] => [
    email,
    startSentAt === undefined ? [instanceId ?? null, digest] : [instanceId ?? null, digest, startSentAt],
  ]);
  return inOrder(stored);
}

/** As JSON text in the order of the addresses, so that the order of a list is no change. */
export function inOrder(entries: Iterable<readonly [email: string, value: unknown]>): string {
  return JSON.stringify(Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The shard that an address belongs to: 0 to `shards` - 1, the same for as long as there are so many. */
export function shardOf(email: string, shards: number): number {
  return createHash("sha256").update(email.toLowerCase()).digest().readUInt32BE(0) % shards;
}

/** Tells personalization values apart; the order of keys does not count. */
export function digestOf(data: Contacts[string]): string {
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest("base64url").slice(0, DIGEST_LENGTH);
}

const DIGEST_LENGTH = 16;

/** The digest of no values: of a contact that may have been aborted, so that the next up aborts it again and starts it. */
export const DOUBTFUL = "";

/** What an update has to do, as addresses. */
export interface Changes {
  readonly gone: readonly string[];
  /** With other personalization values, or of which it is not known that they run. */
  readonly changed: readonly string[];
  readonly added: readonly string[];
}

/** @param isDoubtful Whether a recorded instance may have been aborted. */
export function changesOf(
  known: ReadonlyMap<string, RecordedContact>,
  wanted: Contacts,
  isDoubtful: (email: string, instanceId: string) => boolean,
): Changes {
  const isSame = (email: string, { instanceId, digest }: RecordedContact) =>
    instanceId !== undefined && digest === digestOf(wanted[email]!) && !isDoubtful(email, instanceId);
  const stays = (email: string) => Object.hasOwn(wanted, email);
  return {
    gone: [...known.keys()].filter((email) => !stays(email)),
    changed: [...known].filter(([email, contact]) => stays(email) && !isSame(email, contact)).map(([email]) => email),
    added: Object.keys(wanted).filter((email) => !known.has(email)),
  };
}
