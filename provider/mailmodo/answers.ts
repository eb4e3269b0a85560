import { jsonObject } from "./jsonObject";
import type { Exchange } from "./transport";

/** What one request came to. */
export type Outcome =
  /** 2xx with `success: true`. `instanceId` is the answer's `ref`, where it has one. */
  | { readonly kind: "accepted"; readonly message: string; readonly instanceId?: string }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "keyRefused"; readonly status: number; readonly message: string }
  | { readonly kind: "slowDown"; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: "notSent"; readonly reason: string }
  | { readonly kind: "held"; readonly reason: string }
  /** Nobody can tell whether it took effect. */
  | { readonly kind: "unconfirmed"; readonly reason: string; readonly status?: number };

/**
 * Reads an exchange as an outcome. The status alone decides nothing for a 2xx: Mailmodo answers 200 with
 * `success: false` for failures. What is not clearly a yes, a no or "later" is unconfirmed.
 */
export function outcomeOf(exchange: Exchange): Outcome {
  if (exchange.kind === "notSent" || exchange.kind === "held") return exchange;
  if (exchange.kind === "noAnswer") return { kind: "unconfirmed", reason: exchange.reason };

  const { status, text } = exchange;
  if (status === 429 || status === 503) return slowDown(status, exchange.retryAfter);

  const answer = jsonObject(text);
  const message = typeof answer?.["message"] === "string" ? answer["message"] : "";
  if (status >= 200 && status < 300) {
    if (answer?.["success"] === false) return refusal(status, message);
    if (answer?.["success"] !== true)
      return { kind: "unconfirmed", status, reason: `an unreadable answer (${status})` };
    const ref = answer["ref"];
    return typeof ref === "string" && ref !== ""
      ? { kind: "accepted", message, instanceId: ref }
      : { kind: "accepted", message };
  }
  // These three say that the request was not acted on; 302 and 303 may follow an action.
  if (status === 301 || status === 307 || status === 308) return refusal(status, "Moved: see mailmodo:baseUrl");
  // 408 and 425 may come from a proxy after the request was passed on.
  if (status >= 400 && status < 500 && status !== 408 && status !== 425) return refusal(status, message);
  return { kind: "unconfirmed", status, reason: `Mailmodo failed (${status})` };
}

// No page of the vendor says how a wrong key is answered, so the words count as much as the status.
const KEY_WORDS = /\b(mm)?api[ _-]?key\b|\bunauthori[sz]ed\b|\bunauthenticated\b|\binvalid (key|token|credentials)\b/i;

function refusal(status: number, message: string): Outcome {
  const kind = status === 401 || status === 403 || KEY_WORDS.test(message) ? "keyRefused" : "refused";
  return { kind, status, message };
}

function slowDown(status: number, retryAfter: string | undefined): Outcome {
  const retryAfterMs = parseRetryAfter(retryAfter);
  return retryAfterMs === undefined ? { kind: "slowDown", status } : { kind: "slowDown", status, retryAfterMs };
}

/** Retry-After is a number of seconds or an HTTP date; anything else is as good as none. */
function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
