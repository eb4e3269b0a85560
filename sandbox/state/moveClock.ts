import type { Clock } from "./clock";

/** A move of the sandbox's clock: by a time, to a time, or to when the next message is due. */
export type Move =
  { readonly advanceSeconds: number } | { readonly now: string | Date } | { readonly toNextMail: true };

/**
 * Moves the clock ahead.
 *
 * @param nextMailAt When the next message is due.
 * @throws {Error} The time is past, or too far, or no message is due.
 */
export function moveClock(clock: Clock, move: Move, nextMailAt: () => number | undefined): void {
  if ("advanceSeconds" in move) return clock.advance(move.advanceSeconds * 1000);
  if ("now" in move) return clock.moveTo(new Date(move.now).getTime());
  const at = nextMailAt();
  if (at === undefined) throw new Error("No message is due");
  if (at > clock.now()) clock.moveTo(at);
}
