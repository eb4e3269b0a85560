import { createHash } from "node:crypto";
import type { DataValue } from "./inputs";

/** A shard's contacts as its inputs have them: from address to personalization values. */
export type Contacts = Readonly<Record<string, Readonly<Record<string, DataValue>>>>;

/**
 * What the state holds of one contact: the instance, `null` while its start is unconfirmed; a digest of the
 * personalization values that it was started with, or {@link DOUBTFUL}; and of an unconfirmed start when it was sent, in
 * milliseconds since 1970, which version 0.1.0 did not record. A contact that is not there does not run.
 */
export type ContactRecord = readonly [instanceId: string | null, digest: string, startSentAt?: number];

/** The record of a contact whose start may have taken effect. */
export function unconfirmedRecord(data: Contacts[string], startSentAt: number | undefined): ContactRecord {
  const digest = digestOf(data);
  return startSentAt === undefined ? [null, digest] : [null, digest, startSentAt];
}

/**
 * Both travel as JSON text: a shard is one value for the engine, which writes its state anew with each step, and the
 * CLI shows a change of such a text field by field.
 */
export function parseContacts(text: string): Contacts {
  return JSON.parse(text) as Contacts;
}

export function parseRecords(text: string): Map<string, ContactRecord> {
  return new Map(Object.entries(JSON.parse(text) as Record<string, ContactRecord>));
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

/** No values have it: of a contact that may have been aborted, so that the next up aborts it again and starts it. */
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
  known: ReadonlyMap<string, ContactRecord>,
  wanted: Contacts,
  isDoubtful: (email: string, instanceId: string) => boolean,
): Changes {
  const isSame = (email: string, [instanceId, digest]: ContactRecord) =>
    instanceId !== null && digest === digestOf(wanted[email]!) && !isDoubtful(email, instanceId);
  const stays = (email: string) => Object.hasOwn(wanted, email);
  return {
    gone: [...known.keys()].filter((email) => !stays(email)),
    changed: [...known].filter(([email, record]) => stays(email) && !isSame(email, record)).map(([email]) => email),
    added: Object.keys(wanted).filter((email) => !known.has(email)),
  };
}
