import * as v8 from "node:v8";
import * as vm from "node:vm";
import { atMostEvery } from "../async/atMostEvery";
import { engineIsGone, isPlugin } from "../pulumi/pluginProcess";

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
    if (!(await engineIsGone())) await last();
    process.exit(0);
  }
}

/**
 * By default Node lets the heap double before it collects garbage, and new objects take up to 128 MB (Node 24). Ten
 * thousand contacts would then take 400 MB instead of 200.
 */
function keepHeapSmall(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_PERCENT} ${NO_GROWTH} --expose-gc`);
}

/**
 * The growth counts from the last collection of garbage, and the first would come at 100 MB. "Last resort" also takes back
 * the room for new objects that loading the SDK has made, 32 MB, and leaves 1 MB. With so little, the requests in flight
 * would be copied four times as often: ten thousand contacts took 11 s instead of 9.
 */
function resetHeap(): void {
  const gc = vm.runInNewContext("gc") as (how: Readonly<Record<"type" | "execution" | "flavor", string>>) => void;
  gc({ type: "major", execution: "sync", flavor: "last-resort" });
  growNewSpace();
}

/** The room for new objects doubles each time that so much has outlived it. */
function growNewSpace(): void {
  v8.setFlagsFromString("--semi-space-growth-factor=2");
  const held: unknown[] = [];
  while (newSpaceBytes() < NEW_SPACE_BYTES && held.length < HELD_AT_MOST) {
    held.push(new Array(HELD_LENGTH).fill(held.length));
  }
  v8.setFlagsFromString(NO_GROWTH);
}

function newSpaceBytes(): number {
  return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.space_size ?? Infinity;
}

const CHECK_EVERY_MS = 50;
const HEAP_GROWS_PERCENT = 30;
const NO_GROWTH = "--semi-space-growth-factor=1";
const NEW_SPACE_BYTES = 8 * 2 ** 20;
/** 64 KB each, 32 MB together: three times what it takes. */
const [HELD_LENGTH, HELD_AT_MOST] = [8192, 500];
const WATCH_EVERY_MS = 500;
/** The longest time that an answer of the plugin takes to reach the engine. Busy operations are looked at as often. */
const FLUSH_MS = 50;
