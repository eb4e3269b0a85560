import * as fs from "node:fs";
import { processIds } from "./linux";
import { output } from "./machine";
import { readLink } from "./procFile";

/** A process of this machine, with its command line. */
export interface Process {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** The processes visible from here whose command line contains a text in one of its arguments. */
export function processesMatching(text: string): Process[] {
  return allProcesses().filter(({ argv }) => argv.some((argument) => argument.includes(text)));
}

/** The command line of a process. Empty if this machine does not reveal it. */
export function commandLineOf(pid: number): readonly string[] {
  return allProcesses().find((one) => one.pid === pid)?.argv ?? [];
}

/** The working directory of a process. Undefined if this machine does not reveal it. */
export function folderOf(pid: number): string | undefined {
  const folder = readLink(`/proc/${pid}/cwd`);
  if (folder !== undefined || process.platform !== "darwin") return folder;
  return /^n(.*)$/m.exec(output("lsof", "-a", "-d", "cwd", "-p", String(pid), "-Fn") ?? "")?.[1];
}

/**
 * Whether a process shares this process's pid, network and mount namespaces, so is in no other container. On Linux this
 * cannot be seen of another user's process, and is then false.
 */
export function sharesOurNamespaces(pid: number): boolean {
  if (!fs.existsSync("/proc/self/ns")) return true;
  return ["pid", "net", "mnt"].every((kind) => {
    const own = readLink(`/proc/self/ns/${kind}`);
    return own !== undefined && readLink(`/proc/${pid}/ns/${kind}`) === own;
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

/** For systems without /proc, such as macOS. */
function listedByPs(): Process[] {
  return (output("ps", "-axo", "pid=,args=") ?? "")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ...argv]) => ({ pid: Number(pid), argv }));
}
