import * as fs from "node:fs";
import { fileURLToPath } from "node:url";

/** The lock of a run, as the CLI prints it. */
export interface Lock {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** When the run began, in milliseconds since 1970. Infinity if that is not known. */
  readonly at: number;
  /** The URL of the lock's file in the backend. */
  readonly url: string;
  /** Set if its file does not name the process that wrote it: a kill or a power cut has left it empty or cut off. */
  readonly isDamaged?: true;
}

/** What the CLI's refusal to create an existing stack reveals about that stack. */
export interface Occupancy {
  /** `organization/project/stack`. */
  readonly fullName: string;
  readonly locks: readonly Lock[];
}

/**
 * Parses the CLI's refusal to create an existing stack.
 *
 * @returns Undefined if the CLI failed for another reason.
 */
export function parseOccupancy(text: string): Occupancy | undefined {
  const locks = [...text.matchAll(LOCK)].map(([, url = "", owner = "", host = "", pid, at = ""]) => {
    const time = Date.parse(at) || Infinity;
    return Number(pid) > 0 ? { url, owner, host, pid: Number(pid), at: time } : damagedLock(url, time);
  });
  const [, ofLock] = /\/\.pulumi\/locks\/(.+)\/[^/]+$/.exec(locks[0]?.url.replace(/\?.*$/, "") ?? "") ?? [];
  const fullName = ofLock ?? /stack '(.+)' already exists/.exec(text)?.[1];
  return fullName === undefined ? undefined : { fullName, locks };
}

const LOCK = /^\s*(\S+): created by (.+)@(\S+) \(pid (-?\d+)\)(?: at (\S+))?/gm;

/** Removes the lock of a backend on a disk. Each run's lock is a file of its own, with a name that no other run ever has. */
export function removeLockFile({ url }: Lock): void {
  const file = fileURLToPath(url.replace(/\?.*$/, ""));
  for (const part of [file, `${file}.attrs`]) fs.rmSync(part, { force: true });
}

/** A lock whose file does not name the process that wrote it. */
export function damagedLock(url: string, at: number): Lock {
  return { owner: "unknown", host: "unknown", pid: 0, at, url, isDamaged: true };
}

/** Stands for an update in Pulumi Cloud, which reveals only that there is one. */
export const IN_CLOUD: Lock = { owner: "", host: "", pid: 0, at: Infinity, url: "" };

export function isSameLock(one: Lock, other: Lock): boolean {
  return one.url === other.url && one.at === other.at && one.pid === other.pid;
}
