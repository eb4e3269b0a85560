import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { COMMAND } from "./command";
import { journeyId } from "./journeyId";
import { PROBED } from "./probing";

/** The command in a process of its own. */
export interface ProbeProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** Resolves once it has printed this to stderr. */
  readonly said: (words: string) => Promise<void>;
  /** Sends a signal: to the command, and to npx if it runs under that. */
  readonly send: (signal: NodeJS.Signals) => void;
}

const REPOSITORY = path.join(__dirname, "../..");
const COMMON = ["--journey", journeyId, "--email", PROBED, "--allow", "*@seeds.example.com"];

/** @param args Beside the journey, the address and its pattern. */
export function startProbe(args: readonly string[], env: NodeJS.ProcessEnv = {}): ProbeProcess {
  return start([process.execPath, COMMAND], args, env);
}

/** The same, with a monotonic clock that SIGCONT moves a second ahead. It then says so. */
export function startMovableProbe(args: readonly string[]): ProbeProcess {
  return start([process.execPath, "--require", path.join(__dirname, "secondAhead.js"), COMMAND], args);
}

/** The same, with all that it prints on stderr, in order. */
export function startProbeOnOneStream(args: readonly string[]): ProbeProcess {
  return start(["sh", "-c", 'exec "$@" >&2', "sh", process.execPath, COMMAND], args);
}

/** Runs a command, and sends SIGINT on to it, as npm does. */
const FORWARDING = `
const [program, ...words] = process.argv.slice(1);
const child = require("node:child_process").spawn(program, words, { stdio: "inherit" });
process.on("SIGINT", (signal) => child.kill(signal));
child.on("exit", (code) => process.exit(code));`;

/** The same as under npx: a signal goes to both, as from a terminal, and the parent sends its own on to the command. */
export function startProbeAsNpx(args: readonly string[]): ProbeProcess {
  const command = [process.execPath, "-e", FORWARDING, process.execPath, COMMAND];
  const { child, ...probe } = start(command, args, {}, { detached: true });
  return { ...probe, child, send: (signal) => void process.kill(-child.pid!, signal) };
}

function start(
  [program = "", ...words]: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  options: { readonly detached?: boolean } = {},
): ProbeProcess {
  const child = spawn(program, [...words, "probe", ...COMMON, ...args], {
    cwd: REPOSITORY,
    env: { ...process.env, MAILMODO_API_KEY: SANDBOX_KEY, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  const printed = { stdout: "", stderr: "" };
  for (const from of ["stdout", "stderr"] as const)
    child[from].setEncoding("utf8").on("data", (text: string) => (printed[from] += text));
  return {
    child,
    ended: once(child, "close").then(([code]) => ({ code: code as number | null, ...printed })),
    async said(words) {
      while (!printed.stderr.includes(words)) await once(child.stderr, "data");
    },
    send: (signal) => void child.kill(signal),
  };
}
