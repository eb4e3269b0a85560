import { hideStackTrace } from "../text/hideStackTrace";
import type { Call } from "./outgoing";

/** A call to Mailmodo that failed, as its error describes it. */
export type FailedCall =
  | {
      readonly operation: "start" | "abort";
      readonly journeyId: string;
      /** What the call is about, safe for a log: a masked address or an instance id. */
      readonly subject: string;
    }
  | {
      readonly operation: Exclude<Call, "start" | "abort">;
      /** The contact's address, masked. */
      readonly subject: string;
    };

/**
 * The base of every error of a call. The message is one line: what failed, why (in the vendor's words, if there are
 * any), and what to do now. The message and the stack trace hold no key and no full address.
 */
export abstract class MailmodoError extends Error {
  readonly operation: Call;
  /** Undefined for a call about a contact. */
  readonly journeyId: string | undefined;
  readonly status: number | undefined;
  /** Whether the call may have taken effect in an earlier attempt whose answer was lost. */
  mayHaveTakenEffect = false;
  /** When the last attempt of an add was sent that may have taken effect, in milliseconds since 1970. */
  addSentAt: number | undefined;
  /**
   * When the last attempt of this abort by address was sent whose answer was lost and which may take effect yet, in
   * milliseconds since 1970. Undefined if there is none.
   */
  abortSentAt: number | undefined;

  constructor(call: FailedCall, why: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(
      "journeyId" in call
        ? `Could not ${call.operation} journey ${call.journeyId} for ${call.subject}: ${why}`
        : `Could not ${CONTACT_CALLS[call.operation]} the contact ${call.subject}: ${why}`,
      { cause },
    );
    this.name = new.target.name;
    this.operation = call.operation;
    this.journeyId = "journeyId" in call ? call.journeyId : undefined;
    this.status = status;
    hideStackTrace(this);
  }
}

const CONTACT_CALLS = { find: "look up", add: "add", removeFromList: "change the lists of", archive: "archive" };

// The following classes describe the last attempt of a call. `mayHaveTakenEffect` covers all of its attempts.

/** Mailmodo said no; nothing was started or aborted. */
export class RefusedError extends MailmodoError {
  /** Whether a start was refused in words that may mean that the address is in the journey already. */
  mayRunAlready = false;
  /** Whether it was not Mailmodo that answered, but a firewall, a proxy or another server. */
  isFromStranger = false;

  /** Whether the answer was a redirect. */
  get isRedirect(): boolean {
    return REDIRECTS.includes(this.status ?? 0);
  }
}

/** The redirects that mean that the request was not acted on. The others, 302 and 303, may follow an action. */
export const REDIRECTS: readonly number[] = [301, 307, 308];

/** Mailmodo refused the API key, in any wording. */
export class KeyRefusedError extends MailmodoError {}

/** This package itself held the request back. Nothing was started or aborted. */
export class HeldError extends MailmodoError {
  /**
   * @param reason Why, without a period.
   * @param effect A sentence about what was sent. Default: nothing was.
   */
  constructor(
    call: FailedCall,
    readonly reason: string,
    effect = "Nothing was sent.",
    { cause }: { cause?: unknown } = {},
  ) {
    super(call, `${reason}. ${effect}`, { cause });
  }
}

/** The contact was looked up before a start, and Mailmodo sends it nothing. Nothing was started. */
export class SuppressedError extends MailmodoError {}

/** The request was never sent: no DNS, no connection or no TLS. Nothing was started or aborted. */
export class NotSentError extends MailmodoError {
  /** Whether the message says what to do now. */
  saysWhatToDo = false;
}

/** Mailmodo asked for a slower pace until the attempts or the operation's time were used up. Nothing was started. */
export class SlowDownError extends MailmodoError {
  /** Whether the limit had no room (429), so that others use the key too. Otherwise Mailmodo is overloaded (503). */
  get isOfLimit(): boolean {
    return this.status === 429;
  }
}

/** A look-up got no answer that tells anything. It changes nothing. */
export class NoAnswerError extends MailmodoError {}

/** The request may have taken effect. A start that ends like this is never resent. */
export class UnconfirmedError extends MailmodoError {
  override mayHaveTakenEffect = true;
  /** When the last attempt of a start was sent, in milliseconds since 1970. Undefined for an abort. */
  startSentAt?: number;
}

/**
 * A start, or the add of a contact, is so recent that it may still take effect after its abort by address or its archive,
 * and there was no time to wait for that. The abort was sent and may have taken effect. The archive was not sent. Or an
 * abort by address or an archive was confirmed, and an earlier attempt of it may still take effect.
 */
export class LateCallError extends MailmodoError {
  /** @param mayTakeEffectUntil When what was lost can no longer take effect, in milliseconds since 1970. */
  constructor(
    call: FailedCall,
    why: string,
    readonly mayTakeEffectUntil: number,
  ) {
    super(call, why);
  }
}
