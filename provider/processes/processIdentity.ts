import type { Machine, ProcessLocation, StartTime } from "./machine";
import { thisMachine } from "./thisMachine";

/** Identifies one process precisely: no process of another machine, boot or container has the same identity. */
export interface ProcessIdentity extends ProcessLocation, StartTime {
  readonly pid: number;
}

/** Whether a process is alive. "undecided": neither can be proven from here. */
export type Liveness = "alive" | "dead" | "undecided";

/** Identifies a running process. Default: this one. Undefined if it does not run, or its start time cannot be seen. */
export function identify(pid: number = process.pid, machine: Machine = thisMachine()): ProcessIdentity | undefined {
  const found = machine.inspect(pid);
  return typeof found === "string" ? undefined : { ...machine.location, pid, ...found };
}

/**
 * Whether a process is alive. It is dead only if that is proven in one of two ways. Either its id is free or belongs to
 * another process, in the same boot and in a pid namespace that can be seen from here; or its machine has rebooted
 * since.
 */
export function livenessOf(identity: ProcessIdentity, machine: Machine = thisMachine()): Liveness {
  const { host, machineId, boot, pidNamespace } = machine.location;
  const isSameHost = identity.host === host && identity.machineId === machineId;
  // If there is a boot id, the host name adds nothing: it can be changed, and each container has its own.
  if (identity.boot !== boot) {
    // Another boot of the same machine, or another machine: containers of two machines can have one host name, and the
    // machine's id may be missing in them, or be that of an image.
    const isReboot = isSameHost && machineId !== undefined && identity.pidNamespace === pidNamespace;
    return isReboot && identity.boot !== undefined && boot !== undefined ? "dead" : "undecided";
  }
  // Windows has neither. A Linux machine that hides its boot id may be any of several with the same name.
  if (boot === undefined && (pidNamespace !== undefined || !isSameHost)) return "undecided";
  if (identity.pidNamespace === pidNamespace) {
    const found = machine.inspect(identity.pid);
    if (found === "gone") return "dead";
    return found === "hidden" ? "undecided" : livenessFrom(isSameStart(found, identity));
  }
  if (machine.inspectBelow(identity.pid).some((found) => isSameStart(found, identity) === true)) return "alive";
  return machine.seesAll ? "dead" : "undecided";
}

/** Whether two identities are of the same process. Default: compares with this process. */
export function isSameProcess(identity: ProcessIdentity, other = identify()): boolean {
  return (
    other !== undefined &&
    identity.pid === other.pid &&
    identity.boot === other.boot &&
    identity.pidNamespace === other.pidNamespace &&
    (identity.boot !== undefined || identity.host === other.host) &&
    isSameStart(identity, other) === true
  );
}

function livenessFrom(isSame: boolean | undefined): Liveness {
  if (isSame === undefined) return "undecided";
  return isSame ? "alive" : "dead";
}

/** Ids are reused, start times are not. Undefined if either start time is unknown. */
function isSameStart(found: StartTime, identity: StartTime): boolean | undefined {
  if (found.startTicks !== undefined && identity.startTicks !== undefined)
    return found.startTicks === identity.startTicks;
  if (found.startedAt === undefined || identity.startedAt === undefined) return undefined;
  return Math.abs(found.startedAt - identity.startedAt) <= START_TOLERANCE_MS;
}

/** `ps` reports whole seconds, and the clock may have been corrected since. */
const START_TOLERANCE_MS = 2_000;
