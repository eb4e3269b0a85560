import * as fs from "node:fs";
import * as path from "node:path";
import { backendFolder } from "../../pulumi/backend";
import type { Cli } from "../../pulumi/cli";

/**
 * The URL of the backend: of the environment, of the project file, or what the CLI says.
 *
 * @param ofProject The backend that the project file names, if any.
 * @throws {Error} It is a folder without states. The CLI would make its own files in it.
 */
export async function existingBackend(cli: Cli, ofProject: string | undefined): Promise<string> {
  const named = cli.env["PULUMI_BACKEND_URL"] || ofProject;
  if (named?.startsWith("file://")) {
    const folder = backendFolder(named, cli.cwd);
    if (!fs.existsSync(folder)) throw new Error(`The backend's folder ${folder} does not exist.`);
    if (!fs.existsSync(path.join(folder, ".pulumi"))) throw new Error(`The backend's folder ${folder} has no stacks.`);
  }
  if (named !== undefined && named !== "") return named;
  const text = await cli.read("ask for the backend", ["whoami", "--json"]);
  return (JSON.parse(text) as { url?: string }).url ?? "";
}
