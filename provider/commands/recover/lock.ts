import * as fs from "node:fs";
import * as os from "node:os";
import { fileURLToPath } from "node:url";
import type { RunFile } from "../../journal/runFile";
import { namesakesOf } from "../../processes/linux";
import { fateOf, type Fate } from "../../processes/processIdentity";
import { processesLike } from "../../processes/processes";
import { thisMachine } from "../../processes/thisMachine";
import type { Stack } from "../../pulumi/stack";
import type { Lock } from "../../pulumi/stackLock";

export interface LockOptions {
  readonly stack: Stack;
  readonly secretsProvider: string | undefined;
  /** What runs of this stack have noted: their first lines tell whose engine is which. */
  readonly runs: readonly RunFile[];
  /** How old a lock must be to be a dead run's, where nothing else tells. Default: it never is. */
  readonly lockDeadAfterMs?: number | undefined;
  /** A person says that it is one, where nothing else tells. */
  readonly runIsOver?: boolean | undefined;
  readonly log: (line: string) => void;
}

/**
 * Frees the locks of runs that are dead.
 *
 * @throws {Error} A run lives, or cannot be told to be dead. Then no lock was freed.
 */
export async function freeLocks(locks: readonly Lock[], options: LockOptions): Promise<boolean> {
  const { stack, secretsProvider, runs, log } = options;
  for (const lock of locks) {
    const fate = fateOfOwner(lock, runs);
    if (fate === "dead" || (fate === "undecided" && isTakenForDead(lock, options))) continue;
    throw new Error(`${describeLock(stack.name, lock, fate)} ${nextFor(stack.name, fate)}`);
  }
  if (locks.length === 0) return false;
  await stack.free(locks, secretsProvider);
  log(`Freed the lock of a run that is over (${locks.map(({ pid }) => `pid ${pid}`).join(", ")}).`);
  return true;
}

function isTakenForDead({ at }: Lock, { runIsOver = false, lockDeadAfterMs = Infinity }: LockOptions): boolean {
  return runIsOver || Date.now() - at >= lockDeadAfterMs;
}

/**
 * What became of the run that holds a lock. A lock names a host and a process id, which is not enough: a container can
 * have this host's name, and each counts its processes from 1. What decides is a note of this package, which tells the
 * engine precisely, or a look at every process of the machine, where the lock can be of no other.
 */
function fateOfOwner(lock: Lock, runs: readonly RunFile[]): Fate {
  for (const { header } of runs) {
    if (header?.engine === undefined) continue;
    const { engine, since } = header;
    const isInTime = lock.at >= (engine.startedAt ?? Infinity) - CLOCK_MS && lock.at <= since + CLOCK_MS;
    if (engine.pid === lock.pid && engine.host === lock.host && isInTime) return fateOf(engine);
  }
  if (lock.host !== os.hostname()) return "undecided";
  if (process.platform === "linux") return fateOfLocal(lock);
  const isThere = processesLike("pulumi").some(({ pid }) => pid === lock.pid);
  return isThere ? "alive" : "undecided";
}

/** The CLI writes whole seconds. */
const CLOCK_MS = 2_000;

/** Of all processes that can be seen, whatever container they are in. */
function fateOfLocal(lock: Lock): Fate {
  const candidates = namesakesOf(lock.pid).filter(
    ({ name, startedAt }) => name === "pulumi" && startedAt <= lock.at + CLOCK_MS,
  );
  if (candidates.length > 0) return "alive";
  return thisMachine().seesAll && isOnThisMachineOnly(lock) ? "dead" : "undecided";
}

/** Whether no other machine can have written the lock: it is a file of a disk that only this one has. */
function isOnThisMachineOnly({ url }: Lock): boolean {
  if (!url.startsWith("file://")) return false;
  try {
    return LOCAL_FILE_SYSTEMS.has(fs.statfsSync(fileURLToPath(url.replace(/\?.*$/, ""))).type);
  } catch {
    return false;
  }
}

/** The kernel's numbers of ext, xfs, btrfs, f2fs, zfs, tmpfs and overlayfs. Of any other it may be a network that is behind. */
const LOCAL_FILE_SYSTEMS = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630]);

function describeLock(stack: string, { owner, host, pid, at }: Lock, fate: Fate): string {
  if (pid === 0) return `Pulumi Cloud says that the stack ${stack} is being updated, and not by whom.`;
  const why =
    fate === "alive"
      ? "which still runs"
      : host === os.hostname()
        ? "and nothing proves that this run is over: a process of another container may have that id"
        : "another machine";
  const since = fate === "undecided" && Number.isFinite(at) ? ` The run began at ${new Date(at).toISOString()}.` : "";
  return `The stack ${stack} is locked by ${owner}@${host} (pid ${pid}), ${why}.${since}`;
}

function nextFor(stack: string, fate: Fate): string {
  if (fate === "alive") {
    return `Wait for it; or, if you know that it is over, free the lock: pulumi cancel --stack ${stack}. Then recover again.`;
  }
  return `Wait for it; or, if you know that it is over, say so: run this again with --run-is-over.`;
}
