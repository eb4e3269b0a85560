import { hideStack } from "../text/hideStack";

/** A failure of an inbox. The message is one line that says why, with every address masked. */
export class InboxError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "InboxError";
    hideStack(this);
  }
}
