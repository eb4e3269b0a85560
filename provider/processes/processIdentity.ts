import type { Machine, Place, Running } from "./machine";
import { thisMachine } from "./thisMachine";

/** One process, so precisely that no other is taken for it: of another machine, another boot, or another container. */
export interface ProcessIdentity extends Place, Running {
  readonly pid: number;
}

/** Whether a process runs. "undecided": from here it cannot be proven either way. */
export type Fate = "alive" | "dead" | "undecided";

/** Identifies a running process. Default: this one. */
export function identify(pid: number = process.pid, machine: Machine = thisMachine()): ProcessIdentity | undefined {
  const found = machine.look(pid);
  return typeof found === "string" ? undefined : { ...machine.place, pid, ...found };
}

/**
 * What became of a process. It is dead only if that is proven: its id is free or another process has it, in the same boot
 * and the same pid namespace or in one that can be seen into from here; or its machine has booted again since.
 */
export function fateOf(one: ProcessIdentity, machine: Machine = thisMachine()): Fate {
  const { host, machineId, boot, pidNamespace } = machine.place;
  const isSameHost = one.host === host && one.machineId === machineId;
  // Where there is a boot id, the host's name says nothing more: it can be changed, and each container has its own.
  if (one.boot !== boot) return isSameHost && one.boot !== undefined && boot !== undefined ? "dead" : "undecided";
  // Windows has neither; a Linux that hides its boot may be any of several of one name.
  if (boot === undefined && (pidNamespace !== undefined || !isSameHost)) return "undecided";
  if (one.pidNamespace === pidNamespace) {
    const found = machine.look(one.pid);
    if (found === "gone") return "dead";
    return found === "hidden" ? "undecided" : fateBy(isSameStart(found, one));
  }
  if (machine.lookBelow(one.pid).some((found) => isSameStart(found, one) === true)) return "alive";
  return machine.seesAll ? "dead" : "undecided";
}

/** Whether two are one process. Default: whether it is this one. */
export function isSameProcess(one: ProcessIdentity, other = identify()): boolean {
  return (
    other !== undefined &&
    one.pid === other.pid &&
    one.boot === other.boot &&
    one.pidNamespace === other.pidNamespace &&
    (one.boot !== undefined || one.host === other.host) &&
    isSameStart(one, other) === true
  );
}

function fateBy(isSame: boolean | undefined): Fate {
  if (isSame === undefined) return "undecided";
  return isSame ? "alive" : "dead";
}

/** Ids are used again, starts are not. Undefined where either is not known. */
function isSameStart(found: Running, one: Running): boolean | undefined {
  if (found.startTicks !== undefined && one.startTicks !== undefined) return found.startTicks === one.startTicks;
  if (found.startedAt === undefined || one.startedAt === undefined) return undefined;
  return Math.abs(found.startedAt - one.startedAt) <= START_TOLERANCE_MS;
}

/** `ps` tells whole seconds, and the clock may have been corrected since. */
const START_TOLERANCE_MS = 2_000;
