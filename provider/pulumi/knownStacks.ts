import { missingFolder } from "./backend";
import { Cli } from "./cli";
import { KnownStack } from "./knownStack";
import { openStateFiles } from "./openStateFiles";
import { canBeOfProject, isPulumiCloud } from "./stackName";
import { storedStacks } from "./storedStacks";

/** Which stacks, and where. */
export interface Selection {
  /** The backend's URL. */
  readonly url: string;
  /** The folder that the CLI runs in, and that a relative path in the URL is relative to. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The project whose stacks are meant. Default: all projects. */
  readonly project?: string | undefined;
}

/**
 * The stacks of a backend, sorted by name, to be read only.
 *
 * The files of a folder or bucket are read directly, because the CLI takes a process of 0.1 to 0.4 s for each state and
 * another for each stack's tags: 7 s or more for 100 stacks on 2 cores, however many run at a time, and for the files
 * 0.5 s (measured). Besides, one damaged file keeps the CLI from listing any stack, it reveals a lock only to a command
 * that could also create the stack, and it writes to an empty backend. Other backends, and files that are not
 * understood, are left to it.
 *
 * @throws {Error} The stacks cannot be listed. The message is one line.
 */
export async function knownStacks(selection: Selection): Promise<KnownStack[]> {
  const { project, url, cwd } = selection;
  // A folder that is not there has no stacks, which would look as if nothing were enrolled.
  const missing = missingFolder(url, cwd);
  if (missing !== undefined)
    throw new Error(`${missing} Correct PULUMI_BACKEND_URL or the project file's backend, or log in: pulumi login.`);
  const stacks = (await fromFiles(selection).catch(() => undefined)) ?? (await fromCli(selection));
  // A name of an old backend does not have the project.
  return stacks
    .filter(({ fullName }) => canBeOfProject(fullName, project))
    .sort((one, other) => (one.fullName < other.fullName ? -1 : 1));
}

async function fromFiles({ url, cwd, env }: Selection): Promise<KnownStack[] | undefined> {
  const files = await openStateFiles(url, cwd, env);
  const stacks = files && (await storedStacks(files));
  return stacks?.map((stack) => new KnownStack(stack.fullName, stack, cwd, env));
}

async function fromCli({ url, cwd, env, project }: Selection): Promise<KnownStack[]> {
  const args = ["stack", "ls", "--json", "--fully-qualify-stack-names", ...(project === undefined ? ["--all"] : [])];
  const text = await new Cli(cwd, env).read("list the stacks of the backend", args);
  const stacks = JSON.parse(text) as { name: string; updateInProgress?: boolean }[];
  // Only Pulumi Cloud says it, and only of a stack that is being updated.
  const usually = isPulumiCloud(url) ? false : undefined;
  return stacks.map(({ name, updateInProgress: isUpdating = usually }) => {
    return new KnownStack(name, { isUpdating }, cwd, env);
  });
}
