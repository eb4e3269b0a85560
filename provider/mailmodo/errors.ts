import { hideStack } from "../text/hideStack";

/** One call to Mailmodo, with what its errors say of it. */
export interface Call {
  readonly operation: "start" | "abort";
  readonly journeyId: string;
  /** Whom or what the call is about, fit for a log: a masked address or an instance id. */
  readonly subject: string;
}

/**
 * Base of every error that comes of a call. The message is one line: what failed on what, why, in the vendor's words
 * where there are any, and what to do now. It holds no key and no full address, and neither does the stack.
 */
export abstract class MailmodoError extends Error {
  readonly operation: Call["operation"];
  readonly journeyId: string;
  readonly status: number | undefined;
  /** Whether the call may have taken effect all the same: in an earlier attempt, whose answer was lost. */
  mayHaveTakenEffect = false;

  constructor(call: Call, why: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(`Could not ${call.operation} journey ${call.journeyId} for ${call.subject}: ${why}`, { cause });
    this.name = new.target.name;
    this.operation = call.operation;
    this.journeyId = call.journeyId;
    this.status = status;
    hideStack(this);
  }
}

// What these say of the call holds for its last attempt; `mayHaveTakenEffect` tells of all.

/** Mailmodo said no; nothing was started or aborted. */
export class RefusedError extends MailmodoError {
  /** Whether what answered is elsewhere now. */
  get isRedirect(): boolean {
    return REDIRECTS.includes(this.status ?? 0);
  }
}

/** The redirects that say that the request was not acted on. Others, 302 and 303, may follow an action. */
export const REDIRECTS: readonly number[] = [301, 307, 308];

/** Mailmodo refused the API key, whichever way it put that. */
export class KeyRefusedError extends MailmodoError {}

/** An objection of this project's own held the request back. Nothing was started or aborted. */
export class HeldError extends MailmodoError {}

/** The request never left: no name, no connection, no TLS. Nothing was started or aborted. */
export class NotSentError extends MailmodoError {}

/** Mailmodo kept asking for a slower pace until the time allowed for one operation was over. Nothing was started. */
export class SlowDownError extends MailmodoError {}

/** The request may have taken effect; nobody can tell. A start that ends like this is never resent. */
export class UnconfirmedError extends MailmodoError {
  override mayHaveTakenEffect = true;
  /** When a start was sent, in milliseconds since 1970; of several attempts, the last. Of an abort: not known. */
  startSentAt?: number;
}

/**
 * An abort by address was sent, and may have done its work; but the start that it is for is so young that it may take
 * effect after the abort, and there was no time to wait for that.
 */
export class UnsettledStartError extends MailmodoError {
  override mayHaveTakenEffect = true;

  /** @param settledAt From when on an abort is proof, in milliseconds since 1970. */
  constructor(
    call: Call,
    why: string,
    readonly settledAt: number,
  ) {
    super(call, why);
  }
}
