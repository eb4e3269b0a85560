import { execFileSync } from "node:child_process";

/** Where a process runs. */
export interface Place {
  readonly host: string;
  /** On Linux, where there is one: a digest of the machine's own id. Two machines can share a name. */
  readonly machineId?: string;
  /** Made at random at each boot. Windows has none. */
  readonly boot?: string;
  /** On Linux: process ids count within it. */
  readonly pidNamespace?: string;
}

/** When a process started. */
export interface Running {
  /** On Linux: in clock ticks since the boot, which is exact and the same in every namespace. */
  readonly startTicks?: number;
  /** In milliseconds since 1970, to about a second. */
  readonly startedAt?: number;
}

/** What can be seen of processes from here. */
export interface Machine {
  readonly place: Place;
  /** Whether every process of this boot can be seen, whatever namespace it is in. */
  readonly seesAll: boolean;
  /** A process of the same pid namespace. "hidden": there is one, and no more can be seen of it. */
  look(pid: number): Running | "gone" | "hidden";
  /** The processes in pid namespaces below this one that have the id there. */
  lookBelow(pid: number): Running[];
}

/** Whether no process of the same pid namespace has the id. */
export function isFree(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}

/** What a program prints; undefined if it is not there or fails. */
export function output(program: string, ...args: string[]): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    return execFileSync(program, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
