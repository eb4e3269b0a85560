import type { UnsettledCall } from "../../journal/unsealedNotes";
import type { SentAtLatest } from "./sentAtLatest";

/**
 * When the add was sent at the latest that a pending operation may have sent, or that a note tells of; in milliseconds since
 * 1970. The notes may be of an earlier run than the pending operation, which may be another machine's.
 *
 * @param contact With whether it may be adopted. Then it may be a person's, and its add has no note.
 */
export function pendingAddSentAt(
  contact: { readonly email: string; readonly notes: readonly UnsettledCall[]; readonly mayBeAdopted: boolean },
  sentAtLatest: SentAtLatest,
): number {
  const { email, notes, mayBeAdopted } = contact;
  // An add is in no journey.
  return Math.max(sentAtLatest({ journeyId: "", email }, !mayBeAdopted), notedAddSentAt(notes) ?? -Infinity);
}

/** When the last add was sent that notes tell of and that may take effect yet. Undefined if none may. */
export function notedAddSentAt(notes: readonly UnsettledCall[]): number | undefined {
  const times = notes.flatMap(({ addSentAt }) => addSentAt ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
