/**
 * Takes the stack trace away. Pulumi's plugin prints `${error}: ${error.stack}` when a delete fails, and what went wrong
 * there is no fault in the program.
 */
export function hideStack(error: Error): void {
  error.stack = "";
}
