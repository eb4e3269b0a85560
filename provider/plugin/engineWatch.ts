import { atMostEvery } from "../async/atMostEvery";
import { engineIsGone, isPlugin } from "../pulumi/pluginProcess";
import { keepHeapSmall, resetHeap } from "./heap";

/** What a plugin does when it shuts down. */
interface ShutdownSteps {
  readonly first: () => void;
  readonly last: () => Promise<void>;
}

/** Watches the engine that a plugin works for, and lets the plugin end only when no operation is in progress. */
export class EngineWatch {
  /** How many operations are in progress. */
  private busy = 0;
  private isStopping = false;
  private isWatching = false;
  private hasSmallHeap = false;
  private readonly isGone = atMostEvery(CHECK_EVERY_MS, () => engineIsGone());

  /**
   * Why no request may be sent now, or undefined if it may: without an engine, nobody would record its result.
   * Thousands of requests call this, so the engine is checked at most once in {@link CHECK_EVERY_MS}.
   */
  async reasonToHold(): Promise<string | undefined> {
    if (this.isStopping) return "the plugin is shutting down";
    return (await this.isGone()) ? "the Pulumi engine that requested it is no longer running" : undefined;
  }

  /**
   * Runs an operation for the engine. A plugin that must end finishes the operation first.
   *
   * @throws {Error} The plugin is shutting down.
   */
  async whileBusy<T>(work: () => Promise<T>): Promise<T> {
    if (this.isStopping) throw new Error("The plugin is shutting down. Nothing was sent. Run it again.");
    this.busy += 1;
    try {
      // A single enrollment needs no small heap, and its run does not have to wait for one.
      if (this.busy > 1 && this.isWatching && !this.hasSmallHeap) {
        this.hasSmallHeap = true;
        resetHeap();
      }
      return await work();
    } finally {
      this.busy -= 1;
    }
  }

  /**
   * Lets the plugin shut down gracefully on a signal (the engine sends one at the end of each run) or when its engine has
   * died: it runs `first`, waits for the operations in progress, and runs `last` if the engine is still alive and so has
   * recorded the answers. Also keeps the plugin's heap small. Does nothing outside a plugin.
   */
  shutDownGracefully(steps: ShutdownSteps): void {
    if (!isPlugin() || this.isWatching) return;
    this.isWatching = true;
    keepHeapSmall();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void this.shutDown(steps));
    const check = async () => ((await engineIsGone()) ? this.shutDown(steps) : undefined);
    setInterval(() => void check(), WATCH_EVERY_MS).unref();
  }

  private async shutDown({ first, last }: ShutdownSteps): Promise<void> {
    this.isStopping = true;
    first();
    while (this.busy > 0) await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
    await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
    // Nobody reads what a plugin says at its end, and what was not finished stays for the next run.
    if (!(await engineIsGone())) await last().catch(() => undefined);
    process.exit(0);
  }
}

const CHECK_EVERY_MS = 50;
const WATCH_EVERY_MS = 500;
/** The longest time that an answer of the plugin takes to reach the engine. Busy operations are looked at as often. */
const FLUSH_MS = 50;
