import * as path from "node:path";
import { procStat, readLink } from "../processes/linux";
import { output } from "../processes/machine";
import { folderOf } from "../processes/processes";
import { identify, type ProcessIdentity } from "../processes/processIdentity";

/** The Pulumi CLI that runs this process. */
export interface EngineProcess {
  readonly identity: ProcessIdentity;
  /**
   * Its working directory: it finds the project there, and relative paths in its settings are relative to it. Undefined
   * if hidden.
   */
  readonly folder: string | undefined;
  /** The folder of its executable. Undefined if hidden. */
  readonly bin: string | undefined;
}

/**
 * Finds the engine of a plugin among the plugin's ancestors; a shell script runs between the two. Undefined if the
 * engine has ended, and on Windows.
 */
export function engineAbove(pid = process.ppid): EngineProcess | undefined {
  for (let above: number | undefined = pid, step = 0; above !== undefined && above > 1 && step < MAX_STEPS; step++) {
    const found = nameAndParentOf(above);
    if (found !== undefined && isEngineName(found.name)) {
      const identity = identify(above);
      const program = readLink(`/proc/${above}/exe`);
      return identity && { identity, folder: folderOf(above), bin: program && path.dirname(program) };
    }
    above = found?.parent;
  }
  return undefined;
}

const MAX_STEPS = 4;

/**
 * Whether a process of that name may be the CLI. A package manager may have put a wrapper in its place: Nix runs it as
 * `.pulumi-wrapped`. Its own helpers are named after it, too.
 */
export function isEngineName(name: string): boolean {
  return /^\.?pulumi(?!-(language|resource|analyzer|converter|tool))/.test(name);
}

/** The name of a process, and the pid of its parent. */
function nameAndParentOf(pid: number): { name: string; parent: number } | undefined {
  const stat = procStat(pid);
  if (stat !== undefined || process.platform === "win32") return stat;
  const [, parent, command = ""] =
    /^\s*(\d+)\s+(.*)$/.exec(output("ps", "-o", "ppid=,comm=", "-p", String(pid)) ?? "") ?? [];
  return parent === undefined ? undefined : { name: path.basename(command), parent: Number(parent) };
}
