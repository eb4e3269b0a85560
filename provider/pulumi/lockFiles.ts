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
 * @returns Undefined if none is damaged, or only the CLI can read the backend.
 */
export async function damagedOccupancy(
  stack: { readonly name: string; readonly cwd: string; backendUrl(): Promise<string> },
  env: NodeJS.ProcessEnv,
): Promise<Occupancy | undefined> {
  const { cwd } = stack;
  const { project = readableProject(cwd)?.name, stack: name } = parseStackName(stack.name);
  const place = { url: await stack.backendUrl(), cwd, env, project, stack: name };
  const found = await locksInFiles(place).catch(() => undefined);
  return found?.locks.some(({ isDamaged }) => isDamaged) ? found : undefined;
}
