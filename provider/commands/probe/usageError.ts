import { hideStackTrace } from "../../text/hideStackTrace";

/** The command was used in a wrong way. Nothing was sent. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    hideStackTrace(this);
  }
}
