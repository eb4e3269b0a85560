import * as net from "node:net";
import * as v8 from "node:v8";

/**
 * Whether this process is a Pulumi plugin whose engine has died. A killed engine leaves its plugins running, and what
 * they still do is recorded nowhere.
 */
export async function engineIsGone(argv: readonly string[] = process.argv): Promise<boolean> {
  const address = engineAddress(argv);
  return address !== undefined && !(await answers(address));
}

/** Whether this process is a plugin that an engine has started. */
export function isPlugin(): boolean {
  return engineAddress(process.argv) !== undefined;
}

/** The plugin's command line ends in the address at which its engine listens. */
export function engineAddress(argv: readonly string[]): { host: string; port: number } | undefined {
  const script = argv.findIndex((word) => /[\\/]cmd[\\/]dynamic-provider([\\/]|$)/.test(word));
  const [, host, port] = /^([\w.]+|\[[\da-f:]+\]):(\d+)$/.exec(argv[script + 1] ?? "") ?? [];
  return script < 0 || host === undefined ? undefined : { host: host.replace(/[[\]]/g, ""), port: Number(port) };
}

/** The same, asked at most so often that it costs nothing where thousands of requests ask. */
export async function engineIsGoneLately(): Promise<boolean> {
  const now = Date.now();
  if (lately === undefined || now < lately.at || now >= lately.at + ASK_EVERY_MS)
    lately = { at: now, gone: engineIsGone() };
  return lately.gone;
}

const ASK_EVERY_MS = 50;
let lately: { at: number; gone: Promise<boolean> } | undefined;

/** How many calls of the lifecycle are being worked on. */
let busy = 0;
let leaving = false;
let isWatching = false;

/** Whether the plugin was told to stop, and is to begin nothing more. */
export function isLeaving(): boolean {
  return leaving;
}

/** Does something for the engine; a plugin that is told to stop, or has lost its engine, leaves only after it. */
export async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  if (leaving) throw new Error("The plugin was told to stop. Nothing was sent. Run it again.");
  busy += 1;
  try {
    return await work();
  } finally {
    busy -= 1;
  }
}

/**
 * Lets the plugin end in order: when it receives a signal (as it does from the engine at the end of each run), it does
 * `first`, finishes the requests in flight, and does `last` if its engine is there to have recorded the answers; without
 * an engine it ends by itself. Does nothing outside of a plugin.
 */
export function shutDownGracefully(steps: { first: () => void; last: () => void }): void {
  if (!isPlugin() || isWatching) return;
  isWatching = true;
  // Node lets garbage double the heap before it collects, and new objects take up to 128 MB (Node 24): ten thousand
  // contacts would then take 400 MB instead of 190.
  v8.setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_PERCENT} --semi-space-growth-factor=1`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void shutDown(steps));
  setInterval(() => void engineIsGone().then((gone) => (gone ? shutDown(steps) : undefined)), WATCH_EVERY_MS).unref();
}

const HEAP_GROWS_PERCENT = 60;
const WATCH_EVERY_MS = 500;
/** An answer that was just given is on its way to the engine for so long at most. */
const FLUSH_MS = 50;

async function shutDown({ first, last }: { first: () => void; last: () => void }): Promise<void> {
  leaving = true;
  first();
  while (busy > 0) await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
  await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
  if (!(await engineIsGone())) last();
  process.exit(0);
}

function answers(address: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const say = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    // Only a refusal is a sign; anything else may be a passing trouble of this machine.
    socket.once("connect", say(true));
    socket.once("error", (error: NodeJS.ErrnoException) => say(error.code !== "ECONNREFUSED")());
  });
}
