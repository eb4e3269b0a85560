import { rememberSent } from "../../mailmodo/lateEffect";

/** When a start, or an add of a contact (an empty id), was sent at the latest that a pending operation may have sent. In milliseconds since 1970. */
export type SentAtLatest = (start: { readonly journeyId: string; readonly email: string }) => number;

/**
 * The state does not say when a run ended, and the last thing that the run did may have been to send a start. So a start
 * counts as sent when recover first saw that no run works on the stack.
 *
 * @param seenAt When recover saw that, by `performance.now`.
 * @param notedSince If it is known that each start since then has a note, that time in milliseconds since 1970. The note
 *   says when its start was sent, and a pending operation without a note is older.
 */
export function sentAtLatest(seenAt: number, notedSince: number | undefined): SentAtLatest {
  return (start) => notedSince ?? rememberSent(start, seenAt);
}
