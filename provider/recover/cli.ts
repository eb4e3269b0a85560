import { spawn } from "node:child_process";
import { once } from "node:events";

export const NO_CLI = "The Pulumi CLI (pulumi) is not on PATH. Install it: https://www.pulumi.com/docs/install.";

/** How one run of the CLI ended, and what it printed. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Pulumi's CLI to its end, whatever its exit code. @throws {Error} There is none. */
export async function runCli(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input?: string,
): Promise<CliRun> {
  const child = spawn("pulumi", args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A CLI that refuses does not read its input to the end.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  } catch {
    throw new Error(NO_CLI);
  }
}

/**
 * Runs a command that only reads, and runs it again where another run wrote at that moment: the attributes beside a
 * state are written in place, so that the CLI can find them empty ("EOF"), and a lock that it has listed may be gone when
 * it reads it.
 */
export async function readByCli(run: () => Promise<CliRun>): Promise<CliRun> {
  let result = await run();
  for (let again = 0; again < 3 && WRITTEN_MEANWHILE.test(result.stderr); again++) result = await run();
  return result;
}

const WRITTEN_MEANWHILE = /: EOF$|\.pulumi\/locks\/.*NotFound/m;
