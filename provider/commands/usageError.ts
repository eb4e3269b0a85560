import { hideStackTrace } from "../text/hideStackTrace";

/** The exit code of a command that was used in a wrong way. It has done nothing then. */
export const WRONG_USE = 2;

/** The command was used in a wrong way, and did nothing. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    hideStackTrace(this);
  }
}

/**
 * Reads what the command line has.
 *
 * @throws {UsageError} It cannot be read.
 */
export function fromCommandLine<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
