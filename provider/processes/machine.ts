import { execFileSync } from "node:child_process";

/** Where a process runs. */
export interface ProcessLocation {
  readonly host: string;
  /** On Linux, if there is one: a digest of the machine id. Two machines can have the same host name. */
  readonly machineId?: string;
  /** The boot id, which is random for each boot. Windows has none. */
  readonly boot?: string;
  /** On Linux: the pid namespace within which the process id is unique. "hidden" without /proc. */
  readonly pidNamespace?: string;
}

/** When a process started. */
export interface StartTime {
  /**
   * On Linux: in clock ticks since the boot, by the machine's own time, so the same in every namespace up to a tick.
   * Undefined if this process's time namespace hides how its time differs.
   */
  readonly startTicks?: number;
  /** In milliseconds since 1970, accurate to about a second. */
  readonly startedAt?: number;
}

/** What this process can see of the machine and its processes. */
export interface Machine {
  readonly location: ProcessLocation;
  /** Whether every process of this boot can be seen, in any namespace. */
  readonly seesAll: boolean;
  /** Looks up a process of the same pid namespace. "hidden": it exists, but its start time cannot be seen. */
  inspect(pid: number): StartTime | "gone" | "hidden";
  /** Looks up the processes that have the id in a pid namespace below this one. */
  inspectBelow(pid: number): StartTime[];
  /** When the machine booted, in milliseconds since 1970 by today's clock. Undefined if it does not tell. */
  bootedAt(): number | undefined;
  /** Whether a file is certainly on a disk of this machine, which no other machine has. */
  isOnLocalDisk(file: string): boolean;
}

/** Whether no process of the same pid namespace has the id. */
export function isPidFree(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}

/** The standard output of a program, trimmed. Undefined if the program is not installed or fails. */
export function output(program: string, ...args: string[]): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    return execFileSync(program, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
