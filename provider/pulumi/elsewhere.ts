import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Cli } from "./cli";
import type { Project } from "./project";
import { askForBackend } from "./whoami";

/**
 * Runs a command of the CLI in a folder with another project file than the user's, and with the same backend. There it
 * finds other settings, and the stack that the user has selected stays selected, which `stack rm` would change. The CLI
 * itself starts in the project's folder, where version managers look.
 *
 * @param project The user's project, if the command needs one.
 */
export async function succeedElsewhere(
  cli: Cli,
  project: Pick<Project, "backend"> | undefined,
  folder: string,
  what: string,
  args: readonly string[],
): Promise<void> {
  const env = { ...withAbsolutePaths(cli.env, cli.cwd), ...(await backend(cli, project?.backend)) };
  await cli.succeed(what, [...args, "--cwd", folder], { env });
}

/** Removes an empty stack, and leaves the stack that the user has selected selected. */
export async function removeEmptyStack(cli: Cli, project: Project | undefined, stack: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-elsewhere-"));
  try {
    if (project !== undefined) fs.writeFileSync(path.join(folder, "Pulumi.yaml"), projectText(project));
    const what = `remove the stack ${stack} again, which another command has removed`;
    await succeedElsewhere(cli, project, folder, what, ["stack", "rm", "--yes", "--preserve-config", "--stack", stack]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The text of a project file with the name of a project, for another folder. It is YAML and JSON. */
export function projectText({ name }: Pick<Project, "name">): string {
  return JSON.stringify({ name, runtime: "nodejs" });
}

/** The backend, if running in another folder would choose another one. */
async function backend(cli: Cli, ofProject: string | undefined): Promise<NodeJS.ProcessEnv> {
  const named = cli.env["PULUMI_BACKEND_URL"] || ofProject;
  // The CLI shows the address of Pulumi Cloud's console, which is not the one to log in to.
  const url = named ?? (await askForBackend(cli));
  const [, folder, query = ""] = /^file:\/\/([^?]*)(.*)$/.exec(url) ?? [];
  const isRelative = folder !== undefined && !folder.startsWith("~") && !path.isAbsolute(folder);
  if (isRelative) return { PULUMI_BACKEND_URL: `file://${path.resolve(cli.cwd, folder)}${query}` };
  return named === undefined ? {} : { PULUMI_BACKEND_URL: named };
}

/** The environment, with the paths of files and folders in it made absolute, from the given folder. */
function withAbsolutePaths(env: NodeJS.ProcessEnv, from: string): NodeJS.ProcessEnv {
  const entries = Object.entries(env).map(([name, value]): [string, string | undefined] => {
    const isPath = PATHS.test(name) && value !== undefined && value !== "" && !value.startsWith("~");
    return [name, isPath ? path.resolve(from, value) : value];
  });
  return Object.fromEntries(entries);
}

const PATHS = /_(FILE|CREDENTIALS)$|^PULUMI_(HOME|CREDENTIALS_PATH)$/;
