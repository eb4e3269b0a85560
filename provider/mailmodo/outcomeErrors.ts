import type { Outcome } from "./outcome";
import {
  HeldError,
  KeyRefusedError,
  NoAnswerError,
  NotSentError,
  RefusedError,
  SlowDownError,
  UnconfirmedError,
  type FailedCall,
  type MailmodoError,
} from "./errors";

/**
 * Maps an outcome to its error. Nothing else does this.
 *
 * @param clean Removes from foreign words what no log may hold.
 * @param effect A sentence about earlier attempts at the same call. Default: none.
 */
export function errorFor(
  call: FailedCall,
  outcome: Outcome,
  clean: (words: string) => string,
  effect?: string,
): MailmodoError {
  const words = "message" in outcome ? clean(wordsOf(outcome)) : "";
  const said = words && `: "${words}"`;
  const earlier = effect === undefined ? "" : ` ${effect}`;
  const nothing = effect ?? "Nothing was sent.";
  // The cause leaves out the vendor's words. The message has them, redacted.
  const cause = { status: "status" in outcome ? outcome.status : undefined, outcome: outcome.kind };
  switch (outcome.kind) {
    case "refused": {
      const who = outcome.stranger?.problem ?? `Mailmodo refused it (${outcome.status})`;
      const error = new RefusedError(call, `${who}${said}.${earlier}`, { ...outcome, cause });
      error.isFromStranger = outcome.stranger !== undefined;
      return error;
    }
    case "keyRefused":
      return new KeyRefusedError(call, `Mailmodo refused the API key (${outcome.status})${said}.${earlier}`, {
        ...outcome,
        cause,
      });
    case "held":
      return new HeldError(call, outcome.reason, nothing, { cause });
    case "notSent":
      return notSent(call, { ...outcome, said: clean(outcome.said ?? "") }, nothing, cause);
    case "slowDown":
      return new SlowDownError(call, slowDown(outcome, earlier), { ...outcome, cause });
    case "unconfirmed":
      if (call.operation === "find") return new NoAnswerError(call, `${clean(outcome.reason)}.`, { ...outcome, cause });
      return new UnconfirmedError(call, `${clean(outcome.reason)}, so it may have taken effect.`, {
        ...outcome,
        cause,
      });
    case "accepted":
      return new UnconfirmedError(call, "Mailmodo accepted it without an instance id.", { cause });
  }
}

/** What an error quotes of an answer. */
export function wordsOf(outcome: Extract<Outcome, { message: string }>): string {
  return outcome.kind === "refused" ? (outcome.stranger?.words ?? outcome.message) : outcome.message;
}

function slowDown(
  { status, slowedMs, retryAfterMs = 0 }: Extract<Outcome, { kind: "slowDown" }>,
  earlier: string,
): string {
  if (slowedMs === undefined) return `Mailmodo asked to slow down (${status}).${earlier}`;
  return `Mailmodo asked to slow down (${status}) for ${inWords(slowedMs + retryAfterMs)}.${earlier}`;
}

function inWords(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

function notSent(
  call: FailedCall,
  { reason, said, next }: Extract<Outcome, { kind: "notSent" }>,
  nothing: string,
  cause: unknown,
): NotSentError {
  const error = new NotSentError(call, [`${reason}${said && ` (${said})`}.`, nothing, next].filter(Boolean).join(" "), {
    cause,
  });
  error.saysWhatToDo = next !== undefined;
  return error;
}
