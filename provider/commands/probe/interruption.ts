import { exitCodeOf, STOP_SIGNALS } from "../signals";

/** How a signal stops the probe: it sends nothing new, and ends what it started. */
export class Interruption {
  private first: { readonly name: NodeJS.Signals; readonly at: number } | undefined;
  private readonly controller = new AbortController();
  private readonly listener = (signal: NodeJS.Signals) => this.interrupt(signal);

  /**
   * @param onFirst Called at the first signal.
   * @param onSecond Called at each one that comes at least a second after the first.
   */
  constructor(
    private readonly onFirst: (signal: NodeJS.Signals) => void,
    private readonly onSecond: () => void,
  ) {}

  /** Whether a signal came. */
  get isSet(): boolean {
    return this.first !== undefined;
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The exit code for the signal that came, if any. */
  get exitCode(): number | undefined {
    return this.first === undefined ? undefined : exitCodeOf(this.first.name);
  }

  /** Takes the process's signals from now on. */
  listen(): void {
    for (const signal of SIGNALS) process.on(signal, this.listener);
  }

  /** Call it for a signal that the process does not get. */
  interrupt(signal: NodeJS.Signals): void {
    if (this.first !== undefined) {
      if (performance.now() - this.first.at >= AGAIN_AFTER_MS) this.onSecond();
      return;
    }
    this.first = { name: signal, at: performance.now() };
    this.controller.abort();
    this.onFirst(signal);
  }

  /** Lets the next signal end the process at once, unless one came: another may follow from the same Ctrl-C. */
  close(): void {
    if (this.isSet) return;
    for (const signal of SIGNALS) process.off(signal, this.listener);
  }
}

/**
 * What ends a process by default. Not those of a fault, such as SIGSEGV, after which nothing can be done safely; and not what
 * Node uses itself: SIGUSR1 starts its debugger, SIGPROF its profiler. The probe runs no CLI while it works.
 */
const SIGNALS: readonly NodeJS.Signals[] = [
  ...STOP_SIGNALS,
  "SIGQUIT",
  "SIGABRT",
  "SIGALRM",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
  "SIGUSR2",
  "SIGVTALRM",
  "SIGXCPU",
];

/**
 * A terminal sends SIGINT to npx and to the command alike, and npm forwards its own: at one Ctrl-C, the command gets two
 * within milliseconds.
 */
const AGAIN_AFTER_MS = 1_000;
