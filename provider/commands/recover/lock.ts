import * as os from "node:os";
import type { RunFile } from "../../journal/runFile";
import type { Liveness } from "../../processes/processIdentity";
import type { Stack } from "../../pulumi/stack";
import type { Lock } from "../../pulumi/stackLock";
import type { Again } from "./nextCommands";
import { CLOCK_MS, engineOf, holderOf, livenessOfOwner } from "../lockOwner";

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
  /** Says how to recover again. */
  readonly again: Again;
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
    throw new Error(`${describeLock(stack.name, lock, liveness)} ${adviceFor(stack.name, liveness, options.again)}`);
  }
  if (locks.length === 0) return false;
  await stack.free(locks, secretsProvider);
  log(`Freed the lock of a run that has ended (${locks.map(ownerInShort).join(", ")}).`);
  return true;
}

function ownerInShort({ pid, isDamaged }: Lock): string {
  if (isDamaged) return "which its damaged file did not name";
  return pid === 0 ? "in Pulumi Cloud" : `pid ${pid}`;
}

function isTakenForDead({ at }: Lock, { runIsOver = false, lockDeadAfterMs = Infinity }: LockOptions): boolean {
  return runIsOver || Date.now() - at >= lockDeadAfterMs;
}

/**
 * Since when each start of a stack, and each add of a contact that is not adopted, has a note in the journal: since the last
 * run took its lock, if that run's plugin wrote its notes there. Undefined if that is not known.
 *
 * @returns In milliseconds since 1970.
 */
export function notedSince(locks: readonly Lock[], runs: readonly RunFile[]): number | undefined {
  const isKnown = locks.length > 0 && locks.every((lock) => engineOf(lock, runs) !== undefined);
  return isKnown ? Math.max(...locks.map(({ at }) => at)) + CLOCK_MS : undefined;
}

/** @throws {Error} A run has locked the stack. */
export function assertUnlocked(name: string, locks: readonly Lock[], runs: readonly RunFile[], again: Again): void {
  const [lock] = locks;
  if (lock === undefined) return;
  const liveness = livenessOfOwner(lock, runs) === "alive" ? "alive" : "undecided";
  throw new Error(`${describeLock(name, lock, liveness)} ${adviceFor(name, liveness, again)}`);
}

function describeLock(stack: string, lock: Lock, liveness: Liveness): string {
  const { host, pid, at, isDamaged } = lock;
  if (pid === 0 && !isDamaged) return `Pulumi Cloud says that the stack ${stack} is being updated, but not by whom.`;
  const why =
    liveness === "alive"
      ? "which is still running"
      : host === os.hostname()
        ? "and nothing proves that this run has ended: a process in another container, or of another machine with this name, may have that id"
        : "on another machine";
  const since =
    liveness === "undecided" && Number.isFinite(at) ? ` The run began at ${new Date(at).toISOString()}.` : "";
  const by = isDamaged
    ? "an unknown run: its lock file is damaged, probably by a kill or a power cut"
    : `${holderOf(lock)}, ${why}`;
  return `The stack ${stack} is locked by ${by}.${since}`;
}

function adviceFor(stack: string, liveness: Liveness, again: Again): string {
  if (liveness === "alive") {
    return `Wait for it; or, if you know that it has ended, free the lock: pulumi cancel --stack ${stack}. Then ${again()}.`;
  }
  return `Wait for it; or, if you know that it has ended, ${again("--run-is-over")}.`;
}
