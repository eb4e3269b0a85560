import { jsonObject } from "../text/jsonObject";
import { REDIRECTS } from "./errors";
import type { Answered, Exchange } from "./transport";

/** What one request came to. */
export type Outcome =
  /** 2xx with `success: true`. `instanceId` is the answer's `ref`, where it has one. */
  | { readonly kind: "accepted"; readonly message: string; readonly instanceId?: string }
  /** `isEnvelope`: in the vendor's own envelope, so that a gateway did not say it. */
  | { readonly kind: "refused"; readonly status: number; readonly message: string; readonly isEnvelope: boolean }
  | { readonly kind: "keyRefused"; readonly status: number; readonly message: string }
  | { readonly kind: "slowDown"; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: "notSent"; readonly reason: string }
  | { readonly kind: "held"; readonly reason: string }
  /** Nobody can tell whether it took effect. */
  | {
      readonly kind: "unconfirmed";
      readonly reason: string;
      readonly status?: number;
      readonly retryAfterMs?: number;
    };

/**
 * Reads an exchange as an outcome. The status alone decides nothing for a 2xx: Mailmodo answers 200 with
 * `success: false` for failures. What is not clearly a yes, a no or "later" is unconfirmed.
 */
export function outcomeOf(exchange: Exchange): Outcome {
  if (exchange.kind === "notSent" || exchange.kind === "held") return exchange;
  if (exchange.kind === "noAnswer") return { kind: "unconfirmed", reason: exchange.reason };

  const { status, text } = exchange;
  const answer = jsonObject(text);
  const isEnvelope = answer?.["success"] === false;
  // A gateway may answer 503 after it passed the request on; only Mailmodo itself can say that it did not act.
  if (status === 429 || (status === 503 && isEnvelope)) return { kind: "slowDown", status, ...retryAfter(exchange) };
  if (status === 503) return { kind: "unconfirmed", status, reason: "a gateway failed (503)", ...retryAfter(exchange) };

  const message = typeof answer?.["message"] === "string" ? answer["message"] : "";
  const refusal = (words = message) => refusalOf(status, words, isEnvelope);
  if (status >= 200 && status < 300) {
    if (isEnvelope) return refusal();
    if (answer?.["success"] !== true)
      return { kind: "unconfirmed", status, reason: `an unreadable answer (${status})` };
    const ref = answer["ref"];
    return typeof ref === "string" && ref !== ""
      ? { kind: "accepted", message, instanceId: ref }
      : { kind: "accepted", message };
  }
  if (REDIRECTS.includes(status)) return refusal("Moved");
  // 408 and 425 may come from a proxy after the request was passed on.
  if (status >= 400 && status < 500 && status !== 408 && status !== 425) return refusal();
  return { kind: "unconfirmed", status, reason: `Mailmodo failed (${status})` };
}

// No page of the vendor says how a wrong key is answered, so the words count as much as the status.
const KEY_WORDS = /\b(mm)?api[ _-]?key\b|\bunauthori[sz]ed\b|\bunauthenticated\b|\binvalid (key|token|credentials)\b/i;

function refusalOf(status: number, message: string, isEnvelope: boolean): Outcome {
  const isOfKey = status === 401 || status === 403 || KEY_WORDS.test(message);
  return isOfKey ? { kind: "keyRefused", status, message } : { kind: "refused", status, message, isEnvelope };
}

/** Retry-After is a number of seconds or an HTTP date; anything else is as good as none. */
function retryAfter({ retryAfter: value, date }: Answered): { retryAfterMs?: number } {
  if (value === undefined) return {};
  if (/^\d+$/.test(value.trim())) return { retryAfterMs: Number(value) * 1000 };
  const at = Date.parse(value);
  if (Number.isNaN(at)) return {};
  // By the clock that wrote it: this machine's may be hours off.
  const now = Date.parse(date ?? "");
  return { retryAfterMs: Math.max(0, at - (Number.isNaN(now) ? Date.now() : now)) };
}
