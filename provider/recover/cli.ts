import { spawn } from "node:child_process";
import { once } from "node:events";

export const NO_CLI = "The Pulumi CLI (pulumi) is not on PATH. Install it: https://www.pulumi.com/docs/install.";

/** Runs Pulumi's CLI to its end, whatever its exit code. @throws {Error} There is none. */
export async function runCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, input?: string) {
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
