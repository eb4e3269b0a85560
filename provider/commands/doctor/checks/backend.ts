import * as path from "node:path";
import { backendFolder } from "../../../pulumi/backend";
import { parseStackName } from "../../../pulumi/stackName";
import { emptyAttributesError } from "../../../pulumi/stateAttributes";
import { count } from "../../../text/wording";
import { ONLY_ORGANIZATION } from "../../../text/stackArgument";
import { adviceOn, failure, ok, Unknown, warning, type Check } from "../finding";
import type { Surroundings } from "../surroundings";
import { isWritable, nearest } from "../writable";

export const checkBackend: Check<Surroundings> = {
  name: "backend",
  async run(surroundings) {
    try {
      const url = await surroundings.backend();
      const stacks = await surroundings.stacks().catch((error: Error) => {
        throw emptyAttributesError(url, surroundings.cwd) ?? error;
      });
      const readOnly = await readOnlyFolder(url, surroundings);
      if (readOnly !== undefined)
        return failure(
          `${readOnly} cannot be written to, so each run fails: the state and its lock are files there.`,
          "Give this user permission to write there, or mount it writable.",
        );
      return ok(`${withoutCredentials(url)}: ${count(stacks.length, "stack")} of this project.`);
    } catch (error) {
      if (error instanceof Unknown) throw error;
      return failure((error as Error).message, await adviceOnBackend(error, surroundings));
    }
  },
};

/** The folder of states or locks that cannot be written to. Undefined if the backend is no folder, or all can be. */
async function readOnlyFolder(url: string, surroundings: Surroundings): Promise<string | undefined> {
  if (!url.startsWith("file://")) return undefined;
  const { project } = await surroundings.program();
  const stack = await surroundings.stack().catch(() => undefined);
  const root = path.join(backendFolder(url, surroundings.cwd), ".pulumi");
  const lock = [ONLY_ORGANIZATION, project.name, ...(stack === undefined ? [] : [parseStackName(stack.name).stack])];
  const folders = [path.join(root, "stacks", project.name), path.join(root, "locks", ...lock)];
  return folders.map(nearest).find((folder) => !isWritable(folder));
}

/** Names the source in use: with the variable set, a login changes nothing. */
async function adviceOnBackend(error: unknown, surroundings: Surroundings): Promise<string> {
  // The CLI reads the project file first, and says where in it something is wrong: "#/main".
  if (/: #\//.test((error as Error).message)) return "Correct that in the project file.";
  const project = await surroundings.program().catch(() => undefined);
  const isInProject = project?.backend !== undefined;
  const source = isInProject ? "backend.url in the project file" : undefined;
  const named = surroundings.env["PULUMI_BACKEND_URL"] ? "PULUMI_BACKEND_URL" : source;
  if (named === undefined) {
    const next = "Log in to the backend that has the stack (pulumi login), or set PULUMI_BACKEND_URL.";
    return adviceOn(error, next, "which backend pulumi login has chosen and the network");
  }
  const next = `The backend is named by ${named}: set that to the one that has the stack, and check the credentials for it.`;
  return adviceOn(error, next, `${named} and the network`);
}

/** Without what may hold a password. */
function withoutCredentials(url: string): string {
  return url.replace(/\?.*$/, "").replace(/\/\/[^/@]*@/, "//");
}

export const checkStack: Check<Surroundings> = {
  name: "stack",
  async run(surroundings) {
    try {
      const { name } = await surroundings.stack();
      return ok(`${name}${surroundings.isNamed ? "" : ", which is selected"}.`);
    } catch (error) {
      const { message } = error as Error;
      const isUnselected = error instanceof Unknown && error.cause === undefined;
      if (isUnselected)
        return warning(`${message} What belongs to a stack is not checked.`, "Name one: --stack <name>.");
      if (error instanceof Unknown) throw error;
      const next = surroundings.isNamed ? "Name one that exists" : "PULUMI_STACK names it: set that to one that exists";
      return failure(message, `${next} (pulumi stack ls). If its state was deleted, restore it from a backup.`);
    }
  },
};
