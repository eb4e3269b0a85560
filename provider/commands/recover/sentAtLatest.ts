import { rememberSent } from "../../mailmodo/lateEffect";

/**
 * When a call was sent at the latest that a pending operation may have sent: a start, or an add of a contact (an empty
 * journey id). In milliseconds since 1970.
 *
 * @param isNoted Whether the runs write a note of such a call. Default: true.
 */
export type SentAtLatest = (call: { readonly journeyId: string; readonly email: string }, isNoted?: boolean) => number;

/**
 * The state does not say when a run ended, and the last thing that the run did may have been to send the call. So it counts
 * as sent when recover first saw that no run works on the stack.
 *
 * @param seenAt When recover saw that, by `performance.now`.
 * @param notedSince If it is known that each call since then has a note, if there is to be one of it: that time in
 *   milliseconds since 1970. The note says when its call was sent, and a pending operation without a note is older.
 */
export function sentAtLatest(seenAt: number, notedSince: number | undefined): SentAtLatest {
  return (call, isNoted = true) => (isNoted ? notedSince : undefined) ?? rememberSent(call, seenAt);
}
