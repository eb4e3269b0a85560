import { execFileSync } from "node:child_process";
import * as fs from "node:fs";

/** A process of this machine, by what its command line is. */
export interface Process {
  readonly pid: number;
  readonly argv: readonly string[];
}

/**
 * Whether a process runs and, since process ids are used again, is of the kind that is meant.
 *
 * @param kind A part of its command line.
 */
export function isAlive(pid: number, kind: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const argv = commandLine(pid);
  return argv === undefined || argv.some((word) => word.includes(kind));
}

/** The processes of this machine whose command line has such a part. */
export function processesLike(kind: string): Process[] {
  return allProcesses().filter(({ argv }) => argv.some((word) => word.includes(kind)));
}

/** The folder in which a process runs, where this machine tells. */
export function folderOf(pid: number): string | undefined {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function allProcesses(): Process[] {
  if (!fs.existsSync("/proc/self/cmdline")) return listedByPs();
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), argv: commandLine(Number(name)) ?? [] }));
}

function commandLine(pid: number): string[] | undefined {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  } catch {
    return fs.existsSync("/proc/self/cmdline") ? [] : undefined;
  }
}

/** Where there is no /proc, as on macOS. */
function listedByPs(): Process[] {
  return execFileSync("ps", ["-axo", "pid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ...argv]) => ({ pid: Number(pid), argv }));
}
