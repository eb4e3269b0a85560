import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
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
}

const COMMON = ["--journey", journeyId, "--email", PROBED, "--allow", "*@seeds.example.com"];

/** @param args Beside the journey, the address and its pattern. */
export function startProbe(args: readonly string[], env: NodeJS.ProcessEnv = {}): ProbeProcess {
  const child = spawn(process.execPath, [COMMAND, "probe", ...COMMON, ...args], {
    env: { ...process.env, MAILMODO_API_KEY: SANDBOX_KEY, ...env },
    stdio: ["ignore", "pipe", "pipe"],
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
  };
}
