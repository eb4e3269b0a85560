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
export class RefusedError extends MailmodoError {}

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

/**
 * Takes the stack trace away. Pulumi's plugin prints `${error}: ${error.stack}` when a delete fails, and what went wrong
 * there is no fault in the program.
 */
export function hideStack(error: Error): void {
  error.stack = "";
}

/** `jane@example.com` as `j***@example.com`, for messages. */
export function maskAddress(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 1 ? "***" : `${email.slice(0, 1)}***${email.slice(at)}`;
}

/**
 * Somebody else's words, fit for a log: on one line, short, without the key, and with everything that looks like an
 * address masked, for they may repeat what was sent.
 */
export function redact(words: string, apiKey: string, email: string): string {
  return oneLine(
    words.replaceAll(apiKey, "[key]").replace(new RegExp(escapeRegExp(email), "gi"), () => maskAddress(email)),
  );
}

/** Somebody else's words on one line, short, with everything that looks like an address masked. */
export function oneLine(words: string): string {
  return words
    .replace(/[^\s"'<>(),;:*]+(@|%40)[^\s"'<>(),;]+/gi, (address) => maskAddress(address.replace(/%40/i, "@")))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_WORDS);
}

const MAX_WORDS = 300;

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
