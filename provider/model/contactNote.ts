import { createHash } from "node:crypto";
import type { ContactInputs } from "./contactInputs";
import { enrollmentOf, type Enrollment } from "./enrollment";

/** A contact in the journal, whose notes are about enrollments: one in no journey. */
export interface ContactNote extends Enrollment {
  /** Of the values that an add sends. Undefined for any other call. */
  readonly dataDigest?: string | undefined;
  /** The list that an add names. Undefined for any other call. */
  readonly list?: string | undefined;
  /** Whether the contact of an add is to stay at Mailmodo when its resource is deleted. */
  readonly isToStay?: boolean | undefined;
}

export function contactNote({ email, stack }: Pick<ContactInputs, "email" | "stack">): ContactNote {
  return { journeyId: "", email, abortReason: "", allowDuplicateEmail: false, stack };
}

/** The note of an add, which says what it sends, and what a delete does. */
export function addNote(contact: Pick<ContactInputs, "email" | "stack" | "data" | "list" | "onDelete">): ContactNote {
  const { data, list, onDelete } = contact;
  return { ...contactNote(contact), dataDigest: digestOf(data), list, isToStay: onDelete === "leave" };
}

/** Copies what a note says of an enrollment or a contact. */
export function noteOf(properties: Readonly<Record<string, unknown>>): ContactNote {
  const { dataDigest, list, isToStay } = properties;
  return {
    ...enrollmentOf(properties),
    ...(typeof dataDigest === "string" ? { dataDigest } : {}),
    ...(typeof list === "string" ? { list } : {}),
    ...(isToStay === true ? { isToStay } : {}),
  };
}

/**
 * Whether an unsettled add has made the contact that Mailmodo has now. The note was written when Mailmodo knew no such
 * contact, but the call may have had no effect, and a person may have signed up since. So a contact with values that the
 * call did not send, or without those that it sent, is taken for a person's. Where a call that was not confirmed sent no
 * values, there is nothing to know its contact by.
 *
 * @param data What Mailmodo knows of the contact.
 */
export function hasMade(
  note: Pick<ContactNote, "dataDigest" | "list"> & { readonly confirmed: boolean },
  data: Readonly<Record<string, unknown>>,
): boolean {
  return (note.confirmed || note.dataDigest !== NO_VALUES) && isAsSent(note, data);
}

/**
 * Whether Mailmodo has just what an add sent.
 *
 * @param data What Mailmodo knows of the contact.
 */
export function isAsSent(
  { dataDigest, list }: Pick<ContactNote, "dataDigest" | "list">,
  data: Readonly<Record<string, unknown>>,
): boolean {
  // In the vendor's example, the list is among the values.
  const { listName, ...values } = data;
  return dataDigest === digestOf(data) || (listName === list && dataDigest === digestOf(values));
}

/**
 * Whether a contact has just what an add sends.
 *
 * @param contact What the state records.
 */
export function isRecorded(
  { dataDigest, list }: Pick<ContactNote, "dataDigest" | "list">,
  contact: Pick<ContactInputs, "data" | "list">,
): boolean {
  return list === contact.list && dataDigest === digestOf(contact.data);
}

/** The same for 27 and "27", which Mailmodo may give back in place of each other, and for no value and an empty one. */
function digestOf(data: Readonly<Record<string, unknown>>): string {
  const values = Object.entries(data)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)] as const);
  return createHash("sha256")
    .update(JSON.stringify(values.sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex");
}

const NO_VALUES = digestOf({});
