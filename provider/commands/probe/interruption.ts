/** How a signal stops the probe: it sends nothing new, and ends what it started. */
export class Interruption {
  private by: NodeJS.Signals | undefined;
  private readonly listeners = SIGNALS.map((signal) => {
    const listener = () => this.interrupt(signal);
    process.on(signal, listener);
    return [signal, listener] as const;
  });

  /**
   * @param onFirst Called at the first signal.
   * @param onSecond Called at each one after it.
   */
  constructor(
    private readonly onFirst: (signal: NodeJS.Signals) => void,
    private readonly onSecond: () => void,
  ) {}

  /** Whether a signal came. */
  get isSet(): boolean {
    return this.by !== undefined;
  }

  /** The exit code for the signal that came, if any: 128 and its number. */
  get exitCode(): number | undefined {
    return this.by === undefined ? undefined : EXIT_CODES[this.by];
  }

  interrupt(signal: NodeJS.Signals): void {
    if (this.isSet) return this.onSecond();
    this.by = signal;
    this.onFirst(signal);
  }

  close(): void {
    for (const [signal, listener] of this.listeners) process.off(signal, listener);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
