import * as os from "node:os";
import { readRuns } from "../../../journal/runFile";
import { holderOf, livenessOfOwner } from "../../recover/lock";
import { journalFolder } from "../../../pulumi/backend";
import { openStateFiles } from "../../../pulumi/openStateFiles";
import type { Lock } from "../../../pulumi/stackLock";
import { storedStacks } from "../../../pulumi/storedStacks";
import { failure, known, ok, skipped, warning, type Check, type Finding } from "../finding";
import type { Surroundings } from "../surroundings";

/** Whether a run holds the stack's lock. Read where the lock is kept: each command that tells would take it. */
export const checkLock: Check<Surroundings> = {
  name: "lock",
  async run(surroundings) {
    const stack = await surroundings.knownStack();
    const url = await known(surroundings.backend(), "The backend cannot be read.");
    const { project } = await known(surroundings.program(), "There is no project here.");
    if (url.startsWith("s3://") && surroundings.offline)
      return skipped("The bucket is not asked for locks, because of --offline.");
    const names: [string, string] = [project.name, stack.name.split("/").at(-1)!];
    const locks = await surroundings.answered(locksOf(surroundings, url, names));
    if (locks !== undefined) return findingsOn(locks, surroundings);
    if (/^(file|s3|gs|azblob|postgres|mem):/.test(url)) {
      return skipped("A backend of this kind tells only a command that takes the lock. pulumi up says whose it is.");
    }
    if (stack.updateInProgress !== true) return ok("Free: Pulumi Cloud says that no update is in progress.");
    return warning(
      "Pulumi Cloud says that the stack is being updated, but not by whom.",
      `Wait for the update; or, if it has ended: npx pulumi-mailmodo recover --stack ${stack.name} --run-is-over.`,
    );
  },
};

/** Undefined if only the CLI can read the backend. */
async function locksOf(
  { cwd, env }: Surroundings,
  url: string,
  [project, stack]: [string, string],
): Promise<readonly Lock[] | undefined> {
  const files = await openStateFiles(url, cwd, env);
  const stacks = files && (await storedStacks(files));
  // A backend of an old kind has no projects.
  const names = [`organization/${project}/${stack}`, stack];
  return stacks && ((await stacks.find(({ fullName }) => names.includes(fullName))?.locks()) ?? []);
}

async function findingsOn(locks: readonly Lock[], surroundings: Surroundings): Promise<Finding | Finding[]> {
  if (locks.length === 0) return ok("Free.");
  const { name } = await surroundings.knownStack();
  const folder = journalFolder({ env: surroundings.env, folder: surroundings.cwd });
  return locks.map((lock) => findingOn(lock, name, folder));
}

function findingOn(lock: Lock, stack: string, folder: string): Finding {
  const recover = `npx pulumi-mailmodo recover --stack ${stack}`;
  const since = Number.isFinite(lock.at) ? `, since ${new Date(lock.at).toISOString()}` : "";
  const held = `Held by ${holderOf(lock)}${since}`;
  const liveness = livenessOfOwner(lock, readRuns(folder).runs);
  if (liveness === "alive") return warning(`${held}, which is still running.`, "Wait for it.");
  if (liveness === "dead")
    return failure(`${held}. That run has ended, but its lock still keeps all others out.`, `Run ${recover}.`);
  const where = lock.host === os.hostname() ? "in this machine's name" : "on another machine";
  return failure(
    `${held}, ${where}. Whether that run has ended cannot be determined from here.`,
    `Look there, and wait for it; or, if it has ended: ${recover} --run-is-over.`,
  );
}
