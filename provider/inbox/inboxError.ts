import { hideStack } from "../text/hideStack";

/** What an inbox cannot do, and why. The message is one line, with every address masked. */
export class InboxError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "InboxError";
    hideStack(this);
  }
}
