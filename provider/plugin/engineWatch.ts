import * as v8 from "node:v8";
import { engineIsGone, isPlugin } from "../pulumi/pluginProcess";

/** Watches the engine that a plugin works for, and lets the plugin end only between two operations. */
export class EngineWatch {
  /** How many operations are in progress. */
  private busy = 0;
  private isStopping = false;
  private isWatching = false;
  private lastLook: { readonly at: number; readonly gone: Promise<boolean> } | undefined;

  /**
   * Why no request may leave now, or undefined: nobody would record what comes of it. Thousands of requests ask, so the
   * engine is looked at no more often than every {@link LOOK_EVERY_MS}.
   */
  async objection(): Promise<string | undefined> {
    if (this.isStopping) return "the plugin was told to stop";
    const now = Date.now();
    const { lastLook } = this;
    if (lastLook === undefined || now < lastLook.at || now >= lastLook.at + LOOK_EVERY_MS)
      this.lastLook = { at: now, gone: engineIsGone() };
    return (await this.lastLook!.gone) ? "the Pulumi engine that asked for it is gone" : undefined;
  }

  /** Runs an operation for the engine. A plugin that is told to stop, or has lost its engine, ends after it. */
  async whileBusy<T>(work: () => Promise<T>): Promise<T> {
    if (this.isStopping) throw new Error("The plugin was told to stop. Nothing was sent. Run it again.");
    this.busy += 1;
    try {
      return await work();
    } finally {
      this.busy -= 1;
    }
  }

  /**
   * Shuts the plugin down gracefully on a signal (the engine sends one at the end of each run) and when its engine is
   * gone: does `first`, finishes the operations in progress, and does `last` if the engine is still there to have recorded
   * the answers. Does nothing outside of a plugin.
   */
  shutDownGracefully(steps: { first: () => void; last: () => void }): void {
    if (!isPlugin() || this.isWatching) return;
    this.isWatching = true;
    // Node lets garbage double the heap before it collects, and new objects take up to 128 MB (Node 24): ten thousand
    // contacts would then take 400 MB instead of 190.
    v8.setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_PERCENT} --semi-space-growth-factor=1`);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void this.shutDown(steps));
    const look = async () => ((await engineIsGone()) ? this.shutDown(steps) : undefined);
    setInterval(() => void look(), WATCH_EVERY_MS).unref();
  }

  private async shutDown({ first, last }: { first: () => void; last: () => void }): Promise<void> {
    this.isStopping = true;
    first();
    while (this.busy > 0) await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
    await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
    if (!(await engineIsGone())) last();
    process.exit(0);
  }
}

const LOOK_EVERY_MS = 50;
const HEAP_GROWS_PERCENT = 60;
const WATCH_EVERY_MS = 500;
/** An answer that was just given takes this long at most to reach the engine. */
const FLUSH_MS = 50;
