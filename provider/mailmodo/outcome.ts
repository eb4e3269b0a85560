import { jsonObject } from "../text/jsonObject";
import { REDIRECTS } from "./errors";
import { redirect, saying, strangerIn, type Stranger } from "./stranger";
import type { Answered, Exchange } from "./transport";

/** The outcome of one request. */
export type Outcome =
  /** 2xx that says yes. `answer` is the JSON of it, and `instanceId` its `ref`, if it has one. */
  | {
      readonly kind: "accepted";
      readonly message: string;
      readonly answer: Answer;
      readonly instanceId?: string;
    }
  /**
   * `isEnvelope`: the answer is in the vendor's own envelope, so it does not come from a gateway. `stranger`: what
   * answered, if that may not be Mailmodo.
   */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly message: string;
      readonly isEnvelope: boolean;
      readonly stranger?: Stranger;
    }
  | { readonly kind: "keyRefused"; readonly status: number; readonly message: string }
  /** `slowedMs`: for how long the call was asked to slow down. Set only where that ended it. */
  | {
      readonly kind: "slowDown";
      readonly status: number;
      readonly retryAfterMs?: number;
      readonly slowedMs?: number;
    }
  | { readonly kind: "notSent"; readonly reason: string; readonly said?: string; readonly next?: string }
  | { readonly kind: "held"; readonly reason: string }
  /** The request may have taken effect. */
  | {
      readonly kind: "unconfirmed";
      readonly reason: string;
      readonly status?: number;
      readonly retryAfterMs?: number;
    };

/** An answer's JSON object. */
export type Answer = Readonly<Record<string, unknown>>;

/** The form of a call's answers. `success: false` is a no in each of them. */
export interface AnswerForm {
  /** Whether an answer of any status can be Mailmodo's own. */
  readonly isOwn: (answer: Answer) => boolean;
  /** Whether a 2xx says yes. */
  readonly isYes: (answer: Answer) => boolean;
}

/** The form of most answers: an object with `success`. */
export const ENVELOPE: AnswerForm = {
  isOwn: (answer) => Object.hasOwn(answer, "success"),
  isYes: ({ success }) => success === true,
};

/**
 * Classifies an exchange. The status alone does not decide for a 2xx, because Mailmodo answers failures with 200 and
 * `success: false`. Whatever is not clearly a yes, a no or "later" is unconfirmed.
 */
export function outcomeOf(exchange: Exchange, form = ENVELOPE): Outcome {
  if (exchange.kind === "notSent" || exchange.kind === "held") return exchange;
  if (exchange.kind === "noAnswer") return { kind: "unconfirmed", reason: exchange.reason };

  const { status, text } = exchange;
  const answer = jsonObject(text);
  const isEnvelope = answer?.["success"] === false;
  // A gateway may answer 503 after it has forwarded the request. Only Mailmodo itself can say that it did not act.
  if (status === 429 || (status === 503 && isEnvelope)) return { kind: "slowDown", status, ...retryAfter(exchange) };
  if (status === 503) return { kind: "unconfirmed", status, reason: "a gateway failed (503)", ...retryAfter(exchange) };

  const stranger = strangerIn(status, text, answer, form.isOwn);
  const said = typeof answer?.["message"] === "string" ? answer["message"] : "";
  const message = stranger?.isJson === false ? stranger.words : said;
  const refusal = (words = message) => refusalOf(status, words, isEnvelope, stranger);
  if (status >= 200 && status < 300) {
    if (isEnvelope) return refusal();
    if (answer === undefined || !form.isYes(answer))
      return { kind: "unconfirmed", status, reason: stranger ? saying(stranger) : `an unreadable answer (${status})` };
    const ref = answer["ref"];
    return typeof ref === "string" && INSTANCE_ID.test(ref)
      ? { kind: "accepted", message, answer, instanceId: ref }
      : { kind: "accepted", message, answer };
  }
  if (REDIRECTS.includes(status))
    return { kind: "refused", status, message: "Moved", isEnvelope, stranger: redirect(status) };
  // 408 and 425 may come from a proxy that has already forwarded the request.
  if (status >= 400 && status < 500 && status !== 408 && status !== 425) return refusal();
  return { kind: "unconfirmed", status, reason: stranger ? saying(stranger) : `Mailmodo failed (${status})` };
}

/** The contract says a UUID. Anything of that kind is taken, and nothing that would break a line, a log or a URL. */
const INSTANCE_ID = /^[\w.:-]{1,128}$/;

// The vendor does not document the answer to a wrong key, so the message counts as much as the status.
const KEY_WORDS = /\b(mm)?api[ _-]?key\b|\bunauthori[sz]ed\b|\bunauthenticated\b|\binvalid (key|token|credentials)\b/i;

function refusalOf(status: number, message: string, isEnvelope: boolean, stranger?: Stranger): Outcome {
  const words = stranger?.words ?? message;
  // Mailmodo's own answer to a wrong key may have another form than its others.
  const isOfKey =
    stranger?.isJson === false ? status === 401 && !stranger.isPage : status === 401 || KEY_WORDS.test(words);
  if (isOfKey) return { kind: "keyRefused", status, message: words };
  return { kind: "refused", status, message, isEnvelope, ...(stranger === undefined ? {} : { stranger }) };
}

/** Retry-After is a number of seconds or an HTTP date. Any other value is ignored. */
function retryAfter({ retryAfter: value, date }: Answered): { retryAfterMs?: number } {
  if (value === undefined) return {};
  if (/^\d+$/.test(value.trim())) return { retryAfterMs: Number(value) * 1000 };
  const at = Date.parse(value);
  if (Number.isNaN(at)) return {};
  // Compare it with the server's own clock: this machine's may be hours off.
  const now = Date.parse(date ?? "");
  return { retryAfterMs: Math.max(0, at - (Number.isNaN(now) ? Date.now() : now)) };
}
