import * as path from "node:path";
import { linkOf, procStat } from "../processes/linux";
import { output } from "../processes/machine";
import { folderOf } from "../processes/processes";
import { identify, type ProcessIdentity } from "../processes/processIdentity";

/** The Pulumi CLI that runs this process. */
export interface EngineProcess {
  readonly identity: ProcessIdentity;
  /** Where it looks for the project, and what relative paths of its settings are relative to; where that can be seen. */
  readonly folder: string | undefined;
  /** The folder of its program, where that can be seen. */
  readonly bin: string | undefined;
}

/** Finds the engine of a plugin: between the two there is a shell script. Undefined where it is gone, and on Windows. */
export function engineAbove(pid = process.ppid): EngineProcess | undefined {
  for (let above: number | undefined = pid, step = 0; above !== undefined && above > 1 && step < MAX_STEPS; step++) {
    const parent = parentOf(above);
    if (parent !== undefined && /^pulumi(\.exe)?$/.test(parent.name)) {
      const identity = identify(above);
      const program = linkOf(`/proc/${above}/exe`);
      return identity && { identity, folder: folderOf(above), bin: program && path.dirname(program) };
    }
    above = parent?.parent;
  }
  return undefined;
}

const MAX_STEPS = 4;

/** A process's name, and its parent. */
function parentOf(pid: number): { name: string; parent: number } | undefined {
  const stat = procStat(pid);
  if (stat !== undefined || process.platform === "win32") return stat;
  const [, parent, command = ""] =
    /^\s*(\d+)\s+(.*)$/.exec(output("ps", "-o", "ppid=,comm=", "-p", String(pid)) ?? "") ?? [];
  return parent === undefined ? undefined : { name: path.basename(command), parent: Number(parent) };
}
