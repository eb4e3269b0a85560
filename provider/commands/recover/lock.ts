import * as os from "node:os";
import { fileURLToPath } from "node:url";
import type { RunFile } from "../../journal/runFile";
import { processesByInnermostPid, type NamespacedProcess } from "../../processes/linux";
import type { StartTime } from "../../processes/machine";
import { livenessOf, type Liveness, type ProcessIdentity } from "../../processes/processIdentity";
import { isLocalDisk } from "../../processes/localDisk";
import { thisMachine } from "../../processes/thisMachine";
import { isEngineName } from "../../pulumi/engineProcess";
import type { Stack } from "../../pulumi/stack";
import type { Lock } from "../../pulumi/stackLock";

export interface LockOptions {
  readonly stack: Stack;
  readonly secretsProvider: string | undefined;
  /** The journal files of this stack's runs. Their headers identify the engines. */
  readonly runs: readonly RunFile[];
  /**
   * The age, in milliseconds, at which a lock counts as a dead run's if nothing proves its run alive or dead. Default:
   * never.
   */
  readonly lockDeadAfterMs?: number | undefined;
  /** Whether a person confirms that a run has ended if nothing proves it alive or dead. Default: false. */
  readonly runIsOver?: boolean | undefined;
  readonly log: (line: string) => void;
}

/**
 * Frees the locks of dead runs.
 *
 * @returns Whether there was a lock to free.
 * @throws {Error} A run is alive, or cannot be proven dead. No lock has been freed then.
 */
export async function freeLocks(locks: readonly Lock[], options: LockOptions): Promise<boolean> {
  const { stack, secretsProvider, runs, log } = options;
  for (const lock of locks) {
    const liveness = livenessOfOwner(lock, runs);
    if (liveness === "dead" || (liveness === "undecided" && isTakenForDead(lock, options))) continue;
    throw new Error(`${describeLock(stack.name, lock, liveness)} ${adviceFor(stack.name, liveness)}`);
  }
  if (locks.length === 0) return false;
  await stack.free(locks, secretsProvider);
  log(
    `Freed the lock of a run that has ended (${locks.map(({ pid }) => (pid === 0 ? "in Pulumi Cloud" : `pid ${pid}`)).join(", ")}).`,
  );
  return true;
}

function isTakenForDead({ at }: Lock, { runIsOver = false, lockDeadAfterMs = Infinity }: LockOptions): boolean {
  return runIsOver || Date.now() - at >= lockDeadAfterMs;
}

/**
 * Since when each start of a stack has a note in the journal: since the last run took its lock, if that run's plugin wrote
 * its notes there. Undefined if that is not known.
 *
 * @returns In milliseconds since 1970.
 */
export function notedSince(locks: readonly Lock[], runs: readonly RunFile[]): number | undefined {
  const isKnown = locks.length > 0 && locks.every((lock) => engineOf(lock, runs) !== undefined);
  return isKnown ? Math.max(...locks.map(({ at }) => at)) + CLOCK_MS : undefined;
}

/** @throws {Error} A run has locked the stack. */
export function assertUnlocked(name: string, locks: readonly Lock[], runs: readonly RunFile[]): void {
  const [lock] = locks;
  if (lock === undefined) return;
  const liveness = livenessOfOwner(lock, runs) === "alive" ? "alive" : "undecided";
  throw new Error(`${describeLock(name, lock, liveness)} ${adviceFor(name, liveness)}`);
}

/**
 * Whether the run that holds a lock is alive. A lock names a host and a process id, which is not enough: a container
 * can have this host's name, and each container counts its processes from 1. Two things can decide: a journal file of
 * this package, which identifies the engine precisely, or a search of all processes of the machine, if the lock cannot
 * belong to another machine.
 */
export function livenessOfOwner(lock: Lock, runs: readonly RunFile[]): Liveness {
  const engine = engineOf(lock, runs);
  if (engine !== undefined) return livenessOf(engine);
  if (lock.host !== os.hostname()) return "undecided";
  if (process.platform === "linux") return livenessOfLocalOwner(lock);
  const found = thisMachine().inspect(lock.pid);
  return typeof found !== "string" && beganBefore(lock, found) ? "alive" : "undecided";
}

/** The engine that took a lock, as a journal file identifies it. */
function engineOf(lock: Lock, runs: readonly RunFile[]): ProcessIdentity | undefined {
  for (const { header } of runs) {
    if (header?.engine === undefined) continue;
    const { engine, since } = header;
    const isInTime = lock.at >= (engine.startedAt ?? Infinity) - CLOCK_MS && lock.at <= since + CLOCK_MS;
    if (engine.pid === lock.pid && engine.host === lock.host && isInTime) return engine;
  }
  return undefined;
}

/** Whether a process began before the lock was taken. With the lock's id it is the owner then: no other had that id. */
function beganBefore({ at }: Lock, { startedAt = Infinity }: StartTime): boolean {
  return startedAt <= at + CLOCK_MS;
}

/** The CLI writes whole seconds. */
const CLOCK_MS = 2_000;

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

/** The holder of a lock, in words: `ann@laptop (pid 7)`. */
export function holderOf({ owner, host, pid }: Lock): string {
  return pid === 0 ? "a run in Pulumi Cloud" : `${owner}@${host} (pid ${pid})`;
}

function describeLock(stack: string, lock: Lock, liveness: Liveness): string {
  const { host, pid, at } = lock;
  if (pid === 0) return `Pulumi Cloud says that the stack ${stack} is being updated, but not by whom.`;
  const why =
    liveness === "alive"
      ? "which is still running"
      : host === os.hostname()
        ? "and nothing proves that this run has ended: a process in another container may have that id"
        : "on another machine";
  const since =
    liveness === "undecided" && Number.isFinite(at) ? ` The run began at ${new Date(at).toISOString()}.` : "";
  return `The stack ${stack} is locked by ${holderOf(lock)}, ${why}.${since}`;
}

function adviceFor(stack: string, liveness: Liveness): string {
  if (liveness === "alive") {
    return `Wait for it; or, if you know that it has ended, free the lock: pulumi cancel --stack ${stack}. Then recover again.`;
  }
  return `Wait for it; or, if you know that it has ended, run this again with --run-is-over.`;
}
