import { cleaner } from "./cleaner";
import type { FailedCall, MailmodoError } from "./errors";
import { outcomeOf, type Outcome } from "./outcome";
import { errorFor, wordsOf } from "./outcomeErrors";
import { withRetries } from "./retry";
import type { Outgoing } from "./outgoing";
import { sendOnce, type Connection, type Exchange } from "./transport";

/** A call that may be sent any number of times, because a repetition does no harm. */
export interface RepeatableCall {
  readonly request: Outgoing;
  /** How its error describes it. */
  readonly failed: FailedCall;
  /** The address that it is about. No message holds it. */
  readonly email: string;
  /** Default: by the form of most answers. */
  readonly outcomeOf?: (exchange: Exchange) => Outcome;
  /** Whether the same call was sent before. Default: false. */
  readonly isRepeated?: boolean;
}

/** What a call came to. */
export interface CallResult {
  /** Of its last attempt. */
  readonly outcome: Outcome;
  /** What was said in the refusal, without what no log may hold. Empty if it was not refused. */
  readonly words: string;
  /** When the last attempt was sent that may have taken effect and whose answer was lost, by `performance.now`. */
  readonly lostAt: number | undefined;
  /** The error of the outcome. It says whether any attempt may have taken effect. */
  readonly error: () => MailmodoError;
}

/** Sends a call, and repeats it after everything but a yes, a refusal and a reason to hold it back. */
export async function sendRepeatedly(connection: Connection, call: RepeatableCall): Promise<CallResult> {
  const { request, failed, email, isRepeated = false } = call;
  const classify = call.outcomeOf ?? outcomeOf;
  let mayHaveTakenEffect = isRepeated;
  let lostAt: number | undefined;
  const outcome = await withRetries(
    async (permit) => {
      const one = classify(await sendOnce(connection, request, permit));
      if (one.kind === "unconfirmed" || (one.kind === "slowDown" && one.status === 503)) {
        mayHaveTakenEffect = true;
        lostAt = permit.at;
      }
      return one;
    },
    ({ kind }) => kind === "notSent" || kind === "slowDown" || kind === "unconfirmed",
    connection,
  );
  mayHaveTakenEffect &&= request.method !== "GET";
  const clean = cleaner(connection, email);
  return {
    outcome,
    lostAt,
    words: outcome.kind === "refused" ? clean(wordsOf(outcome)) : "",
    error: () => {
      const effect = mayHaveTakenEffect ? "An earlier attempt may have taken effect." : undefined;
      const error = errorFor(failed, outcome, clean, effect);
      error.mayHaveTakenEffect ||= mayHaveTakenEffect;
      return error;
    },
  };
}
