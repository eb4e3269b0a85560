import * as fs from "node:fs";
import { linkOf, processIds } from "./linux";
import { output } from "./machine";

/** A process of this machine, by what its command line is. */
export interface Process {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** The processes that can be seen from here whose command line has such a part. */
export function processesLike(kind: string): Process[] {
  return allProcesses().filter(({ argv }) => argv.some((word) => word.includes(kind)));
}

/** The folder in which a process runs, where this machine tells. */
export function folderOf(pid: number): string | undefined {
  const folder = linkOf(`/proc/${pid}/cwd`);
  if (folder !== undefined || process.platform !== "darwin") return folder;
  return /^n(.*)$/m.exec(output("lsof", "-a", "-d", "cwd", "-p", String(pid), "-Fn") ?? "")?.[1];
}

/**
 * Whether a process is in no container of its own: neither its id nor its network is another's. On Linux, of another
 * user's process this cannot be seen.
 */
export function isAmongOurs(pid: number): boolean {
  if (!fs.existsSync("/proc/self/ns")) return true;
  return ["pid", "net", "mnt"].every((kind) => {
    const own = linkOf(`/proc/self/ns/${kind}`);
    return own !== undefined && linkOf(`/proc/${pid}/ns/${kind}`) === own;
  });
}

function allProcesses(): Process[] {
  if (!fs.existsSync("/proc/self/cmdline")) return listedByPs();
  return processIds().map((pid) => ({ pid, argv: commandLine(pid) }));
}

function commandLine(pid: number): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  } catch {
    return [];
  }
}

/** Where there is no /proc, as on macOS. */
function listedByPs(): Process[] {
  return (output("ps", "-axo", "pid=,args=") ?? "")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ...argv]) => ({ pid: Number(pid), argv }));
}
