import { execFileSync } from "node:child_process";
import type { Cli } from "./cli";

/** The backend's URL, as the CLI reports it: of a Pulumi Cloud, its console's. Undefined if it does not. */
export function whoami(env: NodeJS.ProcessEnv, cwd: string): string | undefined {
  try {
    return urlIn(execFileSync("pulumi", QUESTION, { env, cwd, encoding: "utf8", stdio: "pipe" }));
  } catch {
    return undefined;
  }
}

/**
 * The same, by way of a CLI that is in use already. Empty if it reports none.
 *
 * @throws {Error} The CLI failed. The message is one line, in its words.
 */
export async function askForBackend(cli: Cli): Promise<string> {
  return urlIn(await cli.read("ask for the backend", QUESTION)) ?? "";
}

/** The same, or as the environment sets it. */
export async function backendUrlOf(cli: Cli): Promise<string> {
  // The CLI would print the same, but takes half a second.
  return cli.env["PULUMI_BACKEND_URL"] || askForBackend(cli);
}

const QUESTION = ["whoami", "--json"];

function urlIn(answer: string): string | undefined {
  return (JSON.parse(answer) as { url?: string }).url;
}
