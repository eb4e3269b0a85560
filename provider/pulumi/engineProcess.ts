import * as path from "node:path";
import { listenerOn, procStat } from "../processes/linux";
import { output } from "../processes/machine";
import { readLink } from "../processes/procFile";
import { folderOf } from "../processes/processes";
import { identify, type ProcessIdentity } from "../processes/processIdentity";
import { engineAddress } from "./pluginProcess";

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
 *
 * @param port Where the engine listens. If no ancestor is named as the CLI is, the one that listens there is the engine.
 *   Default: what the plugin's command line says.
 */
export function engineAbove(pid = process.ppid, port = engineAddress(process.argv)?.port): EngineProcess | undefined {
  const ancestors = ancestorsFrom(pid);
  const named = ancestors.find(({ name }) => isEngineName(name))?.pid;
  const engine = named ?? (port && listenerAmong(ancestors, port));
  const identity = engine ? identify(engine) : undefined;
  if (identity === undefined) return undefined;
  const program = readLink(`/proc/${identity.pid}/exe`);
  return { identity, folder: folderOf(identity.pid), bin: program && path.dirname(program) };
}

/** Only asked where a CLI may have another name: reading the kernel's table of sockets may take a tenth of a second. */
function listenerAmong(ancestors: readonly { readonly pid: number }[], port: number): number | undefined {
  const isInterpreter = (pid: number) => INTERPRETERS.test(readLink(`/proc/${pid}/exe`) ?? "");
  const pids = ancestors.map(({ pid }) => pid).filter((pid) => !isInterpreter(pid));
  return pids.length === 0 ? undefined : listenerOn(port, pids);
}

/** They run scripts, such as the plugin's own and a package manager's, and are no CLI themselves. */
const INTERPRETERS = /\/(node|sh|bash|dash|zsh|busybox)$/;

function ancestorsFrom(pid: number): { pid: number; name: string }[] {
  const ancestors: { pid: number; name: string }[] = [];
  for (let above = pid; above > 0 && ancestors.length < MAX_STEPS;) {
    const found = nameAndParentOf(above);
    if (found === undefined) break;
    ancestors.push({ pid: above, name: found.name });
    above = found.parent;
  }
  return ancestors;
}

const MAX_STEPS = 4;

/**
 * Whether a process of that name may be the CLI. A package manager may have put a wrapper in its place: Nix runs it as
 * `.pulumi-wrapped`. Its own helpers are named after it, too; the kernel cuts a name after 15 letters.
 */
export function isEngineName(name: string): boolean {
  return /^\.?pulumi(?!-(language|resource|analyzer|convert|tool))/.test(name);
}

/** The name of a process, and the pid of its parent. */
function nameAndParentOf(pid: number): { name: string; parent: number } | undefined {
  const stat = procStat(pid);
  if (stat !== undefined || process.platform === "win32") return stat;
  const [, parent, command = ""] =
    /^\s*(\d+)\s+(.*)$/.exec(output("ps", "-o", "ppid=,comm=", "-p", String(pid)) ?? "") ?? [];
  return parent === undefined ? undefined : { name: path.basename(command), parent: Number(parent) };
}
