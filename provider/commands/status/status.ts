import * as fs from "node:fs";
import { inParallel } from "../../async/inParallel";
import { stackIdentity } from "../../journal/stackIdentity";
import { backendAt, backendUrl, journalFolder } from "../../pulumi/backend";
import { knownStacks } from "../../pulumi/knownStacks";
import { readProject } from "../../pulumi/project";
import { projectFile } from "../../pulumi/projectFile";
import { canBeOfProject, canBeSame, parseStackName } from "../../pulumi/stackName";
import { whoami } from "../../pulumi/whoami";
import { ONLY_ORGANIZATION } from "../../text/stackArgument";
import { fromCommandLine, UsageError } from "../usageError";
import { conflictsOf, type Conflict } from "./conflicts";
import { Leftovers, type LeftoverOfGone } from "./leftovers";
import { statusOf, type StackStatus } from "./stackStatus";

export interface StatusOptions {
  /** The only stack to read: its name, or `organization/project/stack`. Default: all stacks. */
  readonly stack?: string;
  /** Whether to read the stacks of all projects in the backend. Default: those of the project in the folder. */
  readonly allProjects: boolean;
  /** The project's folder, or one below it. */
  readonly cwd: string;
  /** The environment: it provides the CLI and Pulumi's settings. */
  readonly env: NodeJS.ProcessEnv;
}

/** What is enrolled where. */
export interface Status {
  /** Sorted by name. */
  readonly stacks: readonly StackStatus[];
  readonly conflicts: readonly Conflict[];
  /** What runs left of stacks that are not in the backend any more. Empty if only one stack is read. */
  readonly gone: readonly LeftoverOfGone[];
  /** The files of notes of which it is not known whose they are. */
  readonly unknownNotes: readonly string[];
}

/**
 * Reads what is enrolled in which stack, from the states, the locks and the crash journal. It asks Mailmodo nothing and
 * writes nothing.
 *
 * @throws {UsageError} There is no such folder, project or stack. The message is one line.
 * @throws {Error} The stacks cannot be listed. The message is one line.
 */
export async function readStatus({ stack, allProjects, cwd: folder, env }: StatusOptions): Promise<Status> {
  if (!fs.existsSync(folder))
    throw new UsageError(`The folder ${folder} does not exist. Name the project's folder: --cwd <folder>.`);
  const cwd = fs.realpathSync(folder);
  const own = projectOf(stack, allProjects, cwd);
  // The stacks of all projects are needed for a name of three words, which may have another project than the folder,
  // and of two: the first may be a project, as the report shows it, or an organization.
  const project = stack?.includes("/") ? undefined : own;
  const url = backendUrl({ env, folder: cwd, askCli: () => whoami(env, cwd) });
  const backend = backendAt(url, cwd);
  const leftovers = new Leftovers(journalFolder({ env, folder: cwd }));
  const known = await knownStacks({ url, cwd, env, project });

  const stacks: StackStatus[] = [];
  await inParallel(
    known.filter(({ fullName }) => stack === undefined || isNamed(fullName, stack, own)),
    async (one) => {
      const status = await statusOf(one, backend, leftovers);
      // Only the state of a stack in a backend of an old kind tells its project.
      if (status === undefined || !canBeOfProject(status.fullName, project)) return;
      if (stack === undefined || isNamed(status.fullName, stack, own)) stacks.push(status);
    },
    AT_A_TIME,
  );
  if (stack !== undefined && stacks.length === 0)
    throw new UsageError(
      `There is no stack ${stack}${project === undefined ? "" : ` in the project ${project}`}. ${LIST}`,
    );
  stacks.sort((one, other) => (one.fullName < other.fullName ? -1 : 1));
  const identities = stacks.map(({ fullName }) => stackIdentity(fullName, backend));
  const gone = stack === undefined ? leftovers.ofGoneStacks(backend, project, identities) : [];
  return { stacks, conflicts: conflictsOf(stacks), gone, unknownNotes: leftovers.unknown };
}

/** Where the CLI must be asked, each takes a process of a hundred megabytes. */
const AT_A_TIME = 8;
const LIST = "List all of them: npx pulumi-mailmodo status --all-projects.";

/** The project whose stacks are meant. Undefined for all. A stack's full name has it. */
function projectOf(stack: string | undefined, allProjects: boolean, cwd: string): string | undefined {
  const named = parseStackName(stack ?? "").project;
  if (named !== undefined) return named;
  if (allProjects) return undefined;
  const read = () => readProject(cwd).name;
  return projectFile(cwd) === undefined ? fromCommandLine(read) : read();
}

/**
 * Whether a full name is meant by a name, which may lack the project or the organization, or both. Of two words, the
 * first may be a project, as the report shows it.
 *
 * @param own The project that is meant if the name has none. Default: any.
 */
function isNamed(fullName: string, name: string, own: string | undefined): boolean {
  // The name of an old backend's stack has neither.
  const full = { organization: ONLY_ORGANIZATION, ...parseStackName(fullName) };
  const said = { ...(own === undefined ? {} : { project: own }), ...parseStackName(name) };
  const [project = "", stack = "", ...more] = name.split("/");
  return canBeSame(full, said) || (more.length === 0 && canBeSame(full, { project, stack }));
}
