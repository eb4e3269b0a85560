import { DelegateBackoff, ExponentialBackoff, handleWhenResult, retry } from "cockatiel";
import type { IBackoff, IRetryBackoffContext } from "cockatiel";
import type { Outcome } from "./outcome";
import type { Permit } from "./permit";
import type { Connection } from "./transport";

/** The highest number of attempts, including the first. What is sent again after a 429 is the same attempt. */
export const MAX_ATTEMPTS = 6;

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8_000;

/**
 * Repeats a request until `isRetryable` says no to its outcome, the attempts are used up, or the next attempt could not
 * end by the deadline. Waits with exponential backoff and jitter, and at least as long as Retry-After asks.
 *
 * @returns The outcome of the last attempt.
 */
export function withRetries(
  send: (permit: Permit) => Promise<Outcome>,
  isRetryable: (outcome: Outcome) => boolean,
  { deadline, pace, requestTimeoutMs, onWait }: Limits,
): Promise<Outcome> {
  const fits = (outcome: Outcome) =>
    !isRefusedByLimit(outcome) && askedDelayMs(outcome) + MAX_DELAY_MS + requestTimeoutMs <= deadline.leftMs();
  const policy = retry(
    handleWhenResult((result) => isRetryable(result as Outcome) && fits(result as Outcome)),
    { maxAttempts: MAX_ATTEMPTS - 1, backoff: new DelegateBackoff(delayAfter) },
  );
  let last: Outcome | undefined;
  policy.onRetry(({ delay }) => onWait?.(delay, last?.kind === "slowDown" ? "slowDown" : "retry"));
  return policy.execute(async () => {
    onWait?.(pace.dueInMs(), "permit");
    const permit = await pace.permit();
    deadline.begin();
    // The permit came too late for another attempt.
    if (last !== undefined && deadline.leftMs() < requestTimeoutMs) {
      permit.release();
      return last;
    }
    last = await attempt(send, permit, { deadline, pace, onWait });
    // This includes a gateway's 503: more requests do not help an overloaded server.
    if ("status" in last && last.status === 503) pace.slowDown(retryAfterMs(last));
    return last;
  });
}

type Limits = Pick<Connection, "deadline" | "pace" | "requestTimeoutMs" | "onWait">;

/**
 * Sends a request, and sends it again while it is answered 429. A limit that has no room says nothing of the request: its
 * turn will come, because others make progress.
 */
async function attempt(
  send: (permit: Permit) => Promise<Outcome>,
  first: Permit,
  { deadline, pace, onWait }: Pick<Limits, "deadline" | "pace" | "onWait">,
): Promise<Outcome> {
  for (let permit = first; ;) {
    const began = performance.now();
    const outcome = await send(permit).finally(() => permit.release());
    if (!isRefusedByLimit(outcome)) {
      if (outcome.kind !== "held" && outcome.kind !== "notSent") pace.served(permit);
      return outcome;
    }
    const askedMs = askedDelayMs(outcome);
    const gaveUp = pace.isReleased || askedMs >= deadline.slowDownLeftMs();
    // The others would wait a minute each, only to learn the same.
    pace.refused(permit, gaveUp ? 0 : askedMs);
    if (!gaveUp) {
      onWait?.(Math.max(askedMs, pace.dueInMs()), "slowDown");
      if (askedMs > 0) await pace.rest(askedMs);
      permit = await pace.permit(true);
    }
    deadline.excludeSlowDown(performance.now() - began);
    if (gaveUp || deadline.slowDownLeftMs() <= 0) {
      permit.release();
      return { ...outcome, slowedMs: deadline.slowedMs };
    }
  }
}

function isRefusedByLimit(outcome: Outcome): outcome is Extract<Outcome, { kind: "slowDown" }> {
  return outcome.kind === "slowDown" && outcome.status === 429;
}

type Context = IRetryBackoffContext<unknown>;

function delayAfter(context: Context, previous?: IBackoff<unknown>): { delay: number; state: IBackoff<unknown> } {
  const backoff = previous?.next(context) ?? exponential.next();
  const asked = "value" in context.result ? askedDelayMs(context.result.value as Outcome) : 0;
  // Adds jitter, because many clients may have been asked to come back at the same time.
  return { delay: asked + backoff.duration, state: backoff };
}

const exponential = new ExponentialBackoff({ initialDelay: FIRST_DELAY_MS, maxDelay: MAX_DELAY_MS });

function askedDelayMs(outcome: Outcome): number {
  return retryAfterMs(outcome) ?? 0;
}

function retryAfterMs(outcome: Outcome): number | undefined {
  return "retryAfterMs" in outcome ? outcome.retryAfterMs : undefined;
}
