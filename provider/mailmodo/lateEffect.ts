import type { Connection } from "./transport";

/**
 * How long after it was sent a start may still take effect, in milliseconds. What passes a start on gives up on it before
 * that: AWS API Gateway after 29 s unless raised, Heroku's router after 30 s, Google's load balancer after 30 s, nginx
 * (`proxy_read_timeout`) and AWS's load balancer after 60 s; a handler that regularly took longer would fail there. It is
 * also three times the longest request timeout. It is no proof: Cloudflare waits 100 s, and a queue behind
 * the API as long as it likes.
 */
const LATE_EFFECT_MS = 60_000;

/** A start whose answer was lost. */
export interface SentStart {
  readonly journeyId: string;
  readonly email: string;
  /** When it was sent, in milliseconds since 1970. Default: long ago. */
  readonly startSentAt?: number | undefined;
}

/** How long a start may still take effect, in milliseconds: 0 to `lateEffectMs`, wherever the clock was set to. */
export function unsettledMs(start: SentStart, lateEffectMs = LATE_EFFECT_MS): number {
  const { startSentAt } = start;
  if (startSentAt === undefined || !Number.isFinite(startSentAt)) return 0;
  const sentHere = sentByThisProcess.get(markOf(start));
  // A time in the future is another clock's: how old the start is cannot be told.
  const ageMs = Math.max(0, sentHere === undefined ? Date.now() - startSentAt : performance.now() - sentHere);
  return Math.max(0, lateEffectMs - ageMs);
}

/** Whether the start was sent in the future, so that a later run cannot tell its age either. */
export function isFromTheFuture(start: SentStart): boolean {
  return !sentByThisProcess.has(markOf(start)) && start.startSentAt! > Date.now();
}

/**
 * Remembers a start by the monotonic clock.
 *
 * @param at When it was sent, by `performance.now`.
 * @returns The same in milliseconds since 1970, for {@link SentStart.startSentAt}.
 */
export function rememberSent({ journeyId, email }: SentStart, at: number): number {
  const startSentAt = Math.round(Date.now() - (performance.now() - at));
  sentByThisProcess.set(markOf({ journeyId, email, startSentAt }), at);
  return startSentAt;
}

const sentByThisProcess = new Map<string, number>();

function markOf({ journeyId, email, startSentAt }: SentStart): string {
  return `${startSentAt} ${journeyId} ${email}`.toLowerCase();
}

/** Waits so long; false where the process is to end before. Many wait at the same time, and one line says so. */
export async function waitUntilSettled({ pace }: Connection, ms: number): Promise<boolean> {
  if (waiting === 0)
    console.log(`Waiting ${Math.ceil(ms / 1000)} s: until then, a start whose answer was lost may take effect.`);
  waiting += 1;
  try {
    return await pace.rest(ms);
  } finally {
    waiting -= 1;
  }
}

let waiting = 0;

/** `12:01:03 UTC`, rounded up. */
export function clockTime(at: number): string {
  return `${new Date(Math.ceil(at / 1000) * 1000).toISOString().slice(11, 19)} UTC`;
}
