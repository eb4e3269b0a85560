import { exitCodeOf, STOP_SIGNALS } from "../signals";

/** GitHub sends SIGINT, SIGTERM 7.5 s after it, and SIGKILL 2.5 s later. */
const GRACE_MS = 6_000;

/**
 * Ends a command gracefully on a signal: asks the engine to finish what is in progress. If it has not ended in six
 * seconds, the command exits as if it were killed, and the next command that changes the stack recovers it.
 */
export class Stop {
  private readonly controller = new AbortController();
  private by: NodeJS.Signals | undefined;

  /**
   * @param log Receives progress, one line at a time.
   * @param onLeave Called before the process exits if the command has not finished.
   */
  constructor(
    private readonly log: (line: string) => void,
    private readonly onLeave: (error: Error) => void = () => undefined,
  ) {
    for (const signal of STOP_SIGNALS) process.on(signal, () => this.stop(signal));
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The exit code for the signal that stopped the command, or undefined if there was none. */
  get exitCode(): number | undefined {
    return this.by === undefined ? undefined : exitCodeOf(this.by);
  }

  /** @throws {Error} A signal asked the command to stop. */
  throwIfStopped(): void {
    if (this.by !== undefined) throw new Error(`Stopped by ${this.by}. Run it again: it recovers what was left.`);
  }

  private stop(signal: NodeJS.Signals): void {
    if (this.by !== undefined) return;
    this.by = signal;
    this.log(`Received ${signal}; finishing what is in progress.`);
    // A terminal also sends its interrupt to the engine, and a second one would end it without a checkpoint.
    if (!(signal === "SIGINT" && process.stdin.isTTY)) this.controller.abort();
    setTimeout(() => {
      const error = new Error(
        "It did not finish in time, and is left as it is. Run it again: it recovers what was left.",
      );
      this.log(error.message);
      this.onLeave(error);
      process.exit(this.exitCode);
    }, GRACE_MS).unref();
  }
}
