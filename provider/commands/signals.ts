import * as os from "node:os";

/** SIGQUIT, of Ctrl-\, is not among them: the CLI that shares the terminal ends at its first one. */
export const STOP_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The exit code of a command that a signal stopped: 128 and the signal's number, as shells have it. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + os.constants.signals[signal];
}
