/**
 * Removes an error's stack trace. Pulumi's plugin prints `${error}: ${error.stack}` when a delete fails, although the
 * failure is not a bug in the program.
 */
export function hideStackTrace(error: Error): void {
  error.stack = "";
}
