import * as fs from "node:fs";
import * as path from "node:path";
import { backendFolder, backendUrl, missingFolder, UNKNOWN_BACKEND } from "../../pulumi/backend";
import type { Cli } from "../../pulumi/cli";
import { askForBackend } from "../../pulumi/whoami";

/**
 * The backend's URL.
 *
 * @throws {Error} It is a folder without states. The CLI would make its own files in it.
 */
export async function existingBackend(cli: Cli): Promise<string> {
  const stored = backendUrl({ env: cli.env, folder: cli.cwd, askCli: () => undefined });
  const url = stored.startsWith(UNKNOWN_BACKEND) ? await askForBackend(cli) : stored;
  const missing = missingFolder(url, cli.cwd);
  if (missing !== undefined) throw new Error(missing);
  if (!url.startsWith("file://")) return url;
  const folder = backendFolder(url, cli.cwd);
  if (!fs.existsSync(path.join(folder, ".pulumi"))) throw new Error(`The backend's folder ${folder} has no stacks.`);
  return url;
}
