/** The exit codes of a command that a signal stopped: 128 and the signal's number, as shells have it. */
export const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;

export type StopSignal = keyof typeof SIGNAL_EXIT_CODES;

/** SIGQUIT, of Ctrl-\, is not among them: the CLI that shares the terminal ends at its first one. */
export const STOP_SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
