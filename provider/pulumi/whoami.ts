import { execFileSync } from "node:child_process";

/** The backend's URL, as the CLI reports it. Undefined if it does not. */
export function whoami(env: NodeJS.ProcessEnv, cwd: string): string | undefined {
  try {
    const text = execFileSync("pulumi", ["whoami", "--json"], { env, cwd, encoding: "utf8", stdio: "pipe" });
    return (JSON.parse(text) as { url?: string }).url;
  } catch {
    return undefined;
  }
}
