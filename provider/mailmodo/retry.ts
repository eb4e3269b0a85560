import { DelegateBackoff, ExponentialBackoff, handleWhenResult, retry } from "cockatiel";
import type { IBackoff, IRetryBackoffContext } from "cockatiel";
import type { Outcome } from "./outcome";
import type { Permit } from "./rateLimit";
import type { Connection } from "./transport";

/** The highest number of attempts, including the first. */
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
  { deadline, pace, requestTimeoutMs }: Pick<Connection, "deadline" | "pace" | "requestTimeoutMs">,
): Promise<Outcome> {
  const fits = (outcome: Outcome) => askedDelayMs(outcome) + MAX_DELAY_MS + requestTimeoutMs <= deadline.leftMs();
  const policy = retry(
    handleWhenResult((result) => isRetryable(result as Outcome) && fits(result as Outcome)),
    { maxAttempts: MAX_ATTEMPTS - 1, backoff: new DelegateBackoff(delayAfter) },
  );
  let last: Outcome | undefined;
  return policy.execute(async () => {
    const permit = await pace.permit();
    deadline.begin();
    try {
      // The permit came too late for another attempt.
      if (last !== undefined && deadline.leftMs() < requestTimeoutMs) return last;
      last = await send(permit);
    } finally {
      permit.release();
    }
    // This includes a gateway's 503: more requests do not help an overloaded server.
    if ("status" in last && (last.kind === "slowDown" || last.status === 503)) pace.slowDown(retryAfterMs(last));
    return last;
  });
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
