import { readRuns } from "../../journal/runFile";
import { progressOf } from "../../journal/runProgress";
import type { Liveness } from "../../processes/processIdentity";
import { journalFolder } from "../../pulumi/backend";
import { locksInFiles } from "../../pulumi/lockFiles";
import type { Lock } from "../../pulumi/stackLock";
import { isPulumiCloud, parseStackName } from "../../pulumi/stackName";
import { livenessOfOwner } from "../lockOwner";
import { known } from "./finding";
import { identityOf } from "./identity";
import type { Surroundings } from "./surroundings";

/** A lock of the stack, and whether the run that holds it is alive. */
export interface HeldLock {
  readonly lock: Lock;
  readonly liveness: Liveness;
}

/**
 * The locks that runs hold on the stack. Read where they are kept: each command that tells would take it.
 *
 * @returns Undefined if only the CLI can read the backend, or if it is a bucket and --offline is given.
 * @throws {NoAnswer} The bucket does not answer.
 */
export function locksOf(surroundings: Surroundings): Promise<readonly HeldLock[] | undefined> {
  return surroundings.once("locks", () => surroundings.answered(readLocks(surroundings)));
}

/** Whether any run of the stack is alive. "undecided": it is not known who holds the lock, or whether that run has ended. */
export async function livenessOfRuns(surroundings: Surroundings): Promise<Liveness> {
  const { updateInProgress } = await surroundings.knownStack();
  const url = await known(surroundings.backend(), "The backend cannot be read.");
  const locks = await locksOf(surroundings).catch(() => undefined);
  const found = locks?.map(({ liveness }) => liveness);
  if (found?.includes("alive") === true || (await isSending(surroundings))) return "alive";
  if (found !== undefined) return found.includes("undecided") ? "undecided" : "dead";
  return isPulumiCloud(url) && updateInProgress !== true ? "dead" : "undecided";
}

async function readLocks(surroundings: Surroundings): Promise<readonly HeldLock[] | undefined> {
  const { cwd, env, offline } = surroundings;
  const { name } = await surroundings.knownStack();
  const url = await known(surroundings.backend(), "The backend cannot be read.");
  const { project } = await known(surroundings.program(), "There is no project here.");
  if (url.startsWith("s3://") && offline) return undefined;
  const { stack } = parseStackName(name);
  const occupancy = await locksInFiles({ url, cwd, env, project: project.name, stack });
  const { runs } = readRuns(journalFolder({ env, folder: cwd }));
  return occupancy?.locks.map((lock) => ({ lock, liveness: livenessOfOwner(lock, runs) }));
}

/** Whether a run of the stack is in progress by the notes on this machine. A `pulumi preview` has a file, too, but no notes. */
async function isSending(surroundings: Surroundings): Promise<boolean> {
  const { env, cwd } = surroundings;
  const isOwn = await identityOf(surroundings);
  const { runs } = readRuns(journalFolder({ env, folder: cwd }));
  const own = runs.filter(({ header, hasHadNotes }) => hasHadNotes && header !== undefined && isOwn(header.stack));
  return own.some((run) => progressOf(run) === "in progress");
}
