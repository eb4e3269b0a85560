import assert from "node:assert/strict";
import * as os from "node:os";
import * as path from "node:path";
import { run, type Run } from "../../tools/workbench";
import { COMMAND } from "./command";
import { contentsOf } from "./folderContents";
import type { Project } from "./project";

/** A program that enrolls one contact. */
export const ADA = `new JourneyEnrollment("ada", { journeyId, email: "ada@seeds.example.com" });`;

export const stateFolder = ({ dir }: Project) => path.join(dir, "../state");

/** Runs the command with no key and no passphrase, and asserts that it writes nothing. */
export async function status(
  project: Project,
  args: string[] = [],
  env: Record<string, string | undefined> = {},
): Promise<Run> {
  const own = { ...project.env, MAILMODO_API_KEY: undefined, PULUMI_CONFIG_PASSPHRASE: undefined, ...env };
  const before = contentsOf(project.dir, stateFolder(project));
  const result = await run(process.execPath, [COMMAND, "status", ...args], project.dir, own);
  assert.deepEqual(contentsOf(project.dir, stateFolder(project)), before);
  return result;
}

export const passphraseOf = ({ env: { PULUMI_CONFIG_PASSPHRASE } }: Project) => ({ PULUMI_CONFIG_PASSPHRASE });

/** A PATH on which there is no Pulumi CLI. */
export const NO_CLI = { PATH: os.tmpdir() };
