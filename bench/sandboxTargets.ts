import { execFile, fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { cacheFolder, installInto } from "../tools/cache";
import type { Load, Measured } from "./sandboxLoad";

/** A server in a process of its own. */
export interface Target {
  readonly url: string;
  /** From the start of its process to the line with its address. */
  readonly readyMs: number;
  /** Its resident memory, in MB. */
  memoryMb(): number;
  stop(): Promise<void>;
}

const ROOT = path.resolve(__dirname, "..");
const CONTRACT = path.join(ROOT, "test/sandbox/server/vendorContract.json");
const PEERS = { "@stoplight/prism-cli": "5.16.0", undici: "8.12.4" };

/** Installs Prism, and the client that sends, into the user's cache, once. Neither is needed for anything else. */
export async function installPeers(): Promise<string> {
  const packages = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
  const home = path.join(cacheFolder(), `bench-prism-${PEERS["@stoplight/prism-cli"]}-undici-${PEERS.undici}`);
  if (fs.existsSync(home)) return path.join(home, "node_modules");
  console.error("Installing Prism, to compare with (about a minute, once) …");
  await installInto(home, async (partial) => {
    const npm = ["install", "--prefix", partial, "--no-audit", "--no-fund", "--ignore-scripts", ...packages];
    await promisify(execFile)("npm", npm);
  });
  return path.join(home, "node_modules");
}

/** The packed program, as `npx mailmodo-sandbox` runs it. */
export function startSandbox(...args: string[]): Promise<Target> {
  return start([path.join(ROOT, "sandbox/bin/mailmodo-sandbox.js"), "--port", "0", ...args]);
}

/** The same with a file that everything is kept in, which goes with it. */
export async function startStoring(): Promise<Target> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-sandbox-"));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const target = await startSandbox("--store", path.join(folder, "sandbox.db"));
  return {
    ...target,
    async stop() {
      await target.stop();
      remove();
    },
  };
}

/** Prism's mock of the same two calls. It prints nothing for each request, as the sandbox does. */
export function startPrism(peers: string): Promise<Target> {
  const prism = path.join(peers, "@stoplight/prism-cli/dist/index.js");
  return start([prism, "mock", "--port", "0", "--host", "127.0.0.1", "--verboseLevel", "info", CONTRACT]);
}

async function start(args: string[]): Promise<Target> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await addressOf(child);
  const readyMs = performance.now() - began;
  child.stdout?.resume();
  return {
    url,
    readyMs,
    memoryMb: () => Number(/VmRSS:\s*(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    // Prism first lists its calls, with their paths.
    const [url] = /http:\/\/[\d.]+:\d+(?![\d/])/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`${child.spawnargs.join(" ")} ended before it said where it listens.`);
}

/** What sends, in a process of its own. */
export class Sender {
  private readonly child: ChildProcess;

  constructor(peers: string) {
    this.child = fork(path.join(__dirname, "sandboxLoad.ts"), [path.join(peers, "undici")], {
      execArgv: ["-r", "ts-node/register/transpile-only"],
    });
  }

  async send(load: Load): Promise<Measured> {
    this.child.send(load);
    const [measured] = (await once(this.child, "message")) as [Measured];
    if (measured.failed > 0)
      throw new Error(`${measured.failed} of ${measured.requests} requests to ${load.url} failed.`);
    return measured;
  }

  stop(): void {
    this.child.disconnect();
  }
}
