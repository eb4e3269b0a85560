import { openStateFiles } from "./openStateFiles";
import { readableProject } from "./project";
import type { Occupancy } from "./stackLock";
import { parseStackName } from "./stackName";
import { storedStacks } from "./storedStacks";
import { ONLY_ORGANIZATION } from "../text/stackArgument";

/** A stack in a backend. */
export interface StackPlace {
  /** The backend's URL. */
  readonly url: string;
  /** What a relative path in the URL is relative to. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly project: string | undefined;
  /** Its name alone. */
  readonly stack: string;
}

/**
 * The locks that runs hold on a stack, from the backend's files. The CLI fails at a damaged one, and says nothing of it.
 *
 * @returns Undefined if only the CLI can read the backend. Without locks if it has no such stack.
 */
export async function locksInFiles({ url, cwd, env, project, stack }: StackPlace): Promise<Occupancy | undefined> {
  const files = await openStateFiles(url, cwd, env);
  const stacks = files && (await storedStacks(files));
  if (stacks === undefined) return undefined;
  // A backend of an old kind has no projects.
  const names = [...(project === undefined ? [] : [`${ONLY_ORGANIZATION}/${project}/${stack}`]), stack];
  const found = stacks.find(({ fullName }) => names.includes(fullName));
  return { fullName: found?.fullName ?? names[0]!, locks: (await found?.locks()) ?? [] };
}

/**
 * The locks of a stack where one is damaged, at which the CLI fails.
 *
 * @param reason Why the CLI failed, in its words.
 * @throws {Error} None is known to be damaged.
 */
export async function damagedOccupancy(
  stack: { readonly name: string; readonly cwd: string; backendUrl(): Promise<string> },
  env: NodeJS.ProcessEnv,
  reason: string,
): Promise<Occupancy> {
  const { cwd } = stack;
  const { project = readableProject(cwd)?.name, stack: name } = parseStackName(stack.name);
  const place = { url: await stack.backendUrl(), cwd, env, project, stack: name };
  const found = await locksInFiles(place).catch(() => undefined);
  if (found?.locks.some(({ isDamaged }) => isDamaged)) return found;
  const more = found === undefined && OF_DAMAGED_FILE.test(reason) ? ` ${damageProblem(stack.name)}` : "";
  throw new Error(`Could not check the lock of the stack ${stack.name}: ${reason}${more}`);
}

/** What the CLI says of a file that is no JSON, or other JSON than it expects. It does not say which file. */
const OF_DAMAGED_FILE = /unexpected end of JSON input|invalid character|cannot unmarshal/;

function damageProblem(stack: string): string {
  return (
    "Its lock file may be damaged. If you are certain that no run of the stack is in progress, free the lock: " +
    `pulumi cancel --stack ${stack}. Then recover.`
  );
}
