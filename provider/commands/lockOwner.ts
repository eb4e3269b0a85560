import * as os from "node:os";
import { fileURLToPath } from "node:url";
import type { RunFile } from "../journal/runFile";
import { isLocalDisk } from "../processes/localDisk";
import { processesByInnermostPid, type NamespacedProcess } from "../processes/linux";
import type { StartTime } from "../processes/machine";
import { livenessOf, type Liveness, type ProcessIdentity } from "../processes/processIdentity";
import { thisMachine } from "../processes/thisMachine";
import { isEngineName } from "../pulumi/engineProcess";
import type { Lock } from "../pulumi/stackLock";

/**
 * Whether the run that holds a lock is alive. A lock names a host and a process id, which is not enough: a container
 * can have this host's name, and each container counts its processes from 1. Two things can decide: a journal file of
 * this package, which identifies the engine precisely, or a search of all processes of the machine, if the lock cannot
 * belong to another machine.
 */
export function livenessOfOwner(lock: Lock, runs: readonly RunFile[]): Liveness {
  if (lock.isDamaged) return "undecided";
  const engine = engineOf(lock, runs);
  if (engine !== undefined) return livenessOf(engine.identity, engine.file);
  if (lock.host !== os.hostname()) return "undecided";
  if (process.platform === "linux") return livenessOfLocalOwner(lock);
  const found = thisMachine().inspect(lock.pid);
  return typeof found !== "string" && beganBefore(lock, found) ? "alive" : "undecided";
}

/** The holder of a lock, in words: `ann@laptop (pid 7)`. */
export function holderOf({ owner, host, pid, isDamaged }: Lock): string {
  if (isDamaged) return "an unknown run (its lock file is damaged)";
  return pid === 0 ? "a run in Pulumi Cloud" : `${owner}@${host} (pid ${pid})`;
}

/** The engine that took a lock, as a journal file identifies it. */
export function engineOf(
  lock: Lock,
  runs: readonly RunFile[],
): { readonly identity: ProcessIdentity; readonly file: string } | undefined {
  for (const { file, header } of runs) {
    if (header?.engine === undefined) continue;
    const { engine, since } = header;
    const isInTime = lock.at >= (engine.startedAt ?? Infinity) - CLOCK_MS && lock.at <= since + CLOCK_MS;
    if (engine.pid === lock.pid && engine.host === lock.host && isInTime) return { identity: engine, file };
  }
  return undefined;
}

/** Whether a process began before the lock was taken. With the lock's id it is the owner then: no other had that id. */
function beganBefore({ at }: Lock, { startedAt = Infinity }: StartTime): boolean {
  return startedAt <= at + CLOCK_MS;
}

/** The CLI writes whole seconds. */
export const CLOCK_MS = 2_000;

/**
 * Searches all processes that can be seen, in any container, whatever their names: the CLI may have been copied to
 * another one. A process that seems to have begun after the lock was taken may own it all the same: the clock may have
 * been set since, and the kernel's start times move with it. A process that is not named as the CLI proves nothing where
 * the lock may be another container's or machine's, for each has its own process of that id.
 */
function livenessOfLocalOwner(lock: Lock): Liveness {
  const processes = processesByInnermostPid(lock.pid);
  const isOurs = thisMachine().seesAll && isOnThisMachineOnly(lock);
  const isOwner = (one: NamespacedProcess) =>
    beganBefore(lock, one) && ((isOurs && one.depth === 1) || isEngineName(one.name));
  if (processes.length > 0) return processes.some(isOwner) ? "alive" : "undecided";
  return isOurs ? "dead" : "undecided";
}

/** Whether no other machine can have written the lock: it is a file on a local disk of this machine. */
function isOnThisMachineOnly({ url }: Lock): boolean {
  if (!url.startsWith("file://")) return false;
  try {
    return isLocalDisk(fileURLToPath(url.replace(/\?.*$/, ""))) === true;
  } catch {
    return false;
  }
}
