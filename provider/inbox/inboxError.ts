import { hideStackTrace } from "../text/hideStackTrace";

/**
 * A failure of an inbox. The message is one line that says why, with every address masked.
 *
 * @example
 * ```ts
 * import { InboxError, SeedInbox } from "pulumi-mailmodo/inbox";
 *
 * const inbox = new SeedInbox({ bucket: "seeds-inbox" });
 * const wanted = { to: "qa@seeds.example.com", since: new Date(), timeoutMs: 5_000 };
 * const mail = await inbox.waitForMail(wanted).catch((error: unknown) => {
 *   if (error instanceof InboxError) return undefined;
 *   throw error;
 * });
 * ```
 */
export class InboxError extends Error {
  /** @internal */
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "InboxError";
    hideStackTrace(this);
  }
}
