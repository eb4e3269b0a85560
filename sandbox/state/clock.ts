import { InvalidInput } from "./invalidInput";

/** A move of the sandbox's clock: by a time, to a time, or to when the next message is due. */
export type Move =
  { readonly advanceSeconds: number } | { readonly now: string | Date } | { readonly toNextMail: true };

const MAX_TIME = Date.UTC(9999, 11, 31);
const LAST_DATE = 8.64e15;
const FORMS =
  "Give advanceSeconds, a number; or now, a time such as 2026-11-24T12:00:00Z (there is no second 60); or toNextMail: true.";

/** So many milliseconds after a time, or the last one that a date can say. */
export function timeAfter(at: number, ms: number): number {
  return Math.min(at + ms, LAST_DATE);
}

/** The sandbox's clock. It follows another clock, and can be moved ahead of it. */
export class Clock {
  private offset = 0;

  /** @param base In milliseconds since 1970. */
  constructor(private readonly base: () => number) {}

  /** How far it is ahead, in milliseconds. */
  get aheadMs(): number {
    return this.offset;
  }

  readonly now = (): number => this.base() + this.offset;

  set(aheadMs: number): void {
    this.offset = aheadMs;
  }

  /**
   * How far it would be ahead after a move.
   *
   * @param nextMailAt When the next message is due.
   * @throws {InvalidInput} The time is past or too far, no message is due, or it is none of these moves.
   */
  aheadAfter(move: Move, nextMailAt: number | undefined): number {
    // Read once: it goes on between two readings.
    const now = this.now();
    const at = timeOf(move, now, nextMailAt);
    if (Number.isNaN(at)) throw new InvalidInput(`The clock cannot be moved by ${JSON.stringify(move)}. ${FORMS}`);
    if (!(at <= MAX_TIME)) throw new InvalidInput("The clock cannot go beyond the year 9999");
    if (at < now) {
      throw new InvalidInput(`The clock only moves forward; it is already at ${new Date(now).toISOString()}`);
    }
    return this.offset + at - now;
  }
}

function timeOf(move: Move, now: number, nextMailAt: number | undefined): number {
  if ("advanceSeconds" in move) return now + move.advanceSeconds * 1000;
  if ("now" in move) return new Date(move.now).getTime();
  if (!("toNextMail" in move)) return NaN;
  if (nextMailAt === undefined) throw new InvalidInput("No message is due");
  return Math.max(nextMailAt, now);
}
