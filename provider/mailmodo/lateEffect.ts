import type { Connection } from "./transport";

/**
 * How long after it was sent a start, an abort by address, an add or an archive may still take effect, in
 * milliseconds. Gateways give up on a request within this time: AWS API Gateway after 29 s unless raised, Heroku's router
 * and Google's load balancer after 30 s, nginx (`proxy_read_timeout`) and AWS's load balancer after 60 s. A handler that
 * regularly took longer would fail there. It is also three times the longest request timeout. It is not proof: Cloudflare
 * waits 100 s, and a queue behind the API can delay a start without limit.
 */
export const LATE_EFFECT_MS = 60_000;

/** A call whose answer was lost. */
export interface SentCall {
  /** Default: none, as a contact is in no journey. */
  readonly journeyId?: string | undefined;
  readonly email: string;
  /** When it was sent, in milliseconds since 1970. Undefined: so long ago that it can no longer take effect. */
  readonly sentAt: number | undefined;
}

/** The calls that must not take effect once the next thing is done. */
export type LateCall = "start" | "abort" | "add" | "archive";

/** For how long a call may still take effect, in milliseconds: from 0 to `lateEffectMs`, even if the clock was changed. */
export function mayTakeEffectForMs(call: SentCall, lateEffectMs = LATE_EFFECT_MS): number {
  const { sentAt } = call;
  if (sentAt === undefined || !Number.isFinite(sentAt)) return 0;
  const sentHere = sentByThisProcess.get(callKey(call));
  // A time in the future was read from another clock, so the call's age is unknown.
  const ageMs = Math.max(0, sentHere === undefined ? Date.now() - sentAt : performance.now() - sentHere);
  return Math.max(0, lateEffectMs - ageMs);
}

/** Whether the call's time is in the future. A later run cannot know its age either. */
export function isFromTheFuture(call: SentCall): boolean {
  return !sentByThisProcess.has(callKey(call)) && call.sentAt! > Date.now();
}

/**
 * Remembers when a call was sent, by the monotonic clock.
 *
 * @param at When it was sent, by `performance.now`.
 * @returns The same time in milliseconds since 1970, for {@link SentCall.sentAt}.
 */
export function rememberSent({ journeyId, email }: Omit<SentCall, "sentAt">, at: number): number {
  const sentAt = Math.round(Date.now() - (performance.now() - at));
  sentByThisProcess.set(callKey({ journeyId, email, sentAt }), at);
  return sentAt;
}

const sentByThisProcess = new Map<string, number>();

function callKey({ journeyId, email, sentAt }: SentCall): string {
  return `${sentAt} ${journeyId} ${email}`.toLowerCase();
}

/**
 * Waits until lost calls can no longer take effect. Many may wait at the same time; only the first prints a line,
 * and one that ends much later than was said.
 *
 * @returns False if the process began to shut down during the wait.
 */
export async function waitForLateEffect(
  { pace, log = console.log }: Connection,
  ms: number,
  what: LateCall,
): Promise<boolean> {
  const one = what === "start" ? "a start" : `an ${what}`;
  const until = performance.now() + ms;
  if (waiting === 0 || until > saidUntil + MUCH_LATER_MS) {
    saidUntil = until;
    log(`Waiting ${Math.ceil(ms / 1000)} s: until then, ${one} whose answer was lost may still take effect.`);
  }
  waiting += 1;
  try {
    return await pace.rest(ms);
  } finally {
    waiting -= 1;
  }
}

let waiting = 0;
/** When the wait ends that the last line was about, by `performance.now`. */
let saidUntil = 0;
const MUCH_LATER_MS = 10_000;

/** `12:01:03 UTC`, rounded up. */
export function clockTime(at: number): string {
  return `${new Date(Math.ceil(at / 1000) * 1000).toISOString().slice(11, 19)} UTC`;
}
