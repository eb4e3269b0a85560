import { INITIAL_PID_NAMESPACE } from "./linux";
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
 *
 * @param file The file in which the process noted its identity. Without one, no reboot is proven.
 */
export function livenessOf(identity: ProcessIdentity, file?: string, machine: Machine = thisMachine()): Liveness {
  const { host, machineId, boot, pidNamespace } = machine.location;
  // If there is a boot id, the host name adds nothing: it can be changed, and each container has its own.
  if (identity.boot !== boot) return hasRebootedSince(identity, file, machine) ? "dead" : "undecided";
  // Windows has neither. A Linux machine that hides its boot id may be any of several with the same name.
  const isSameHost = identity.host === host && identity.machineId === machineId;
  if (boot === undefined && (pidNamespace !== undefined || !isSameHost)) return "undecided";
  if (identity.pidNamespace === pidNamespace) {
    const found = machine.inspect(identity.pid);
    if (found === "gone") return "dead";
    return found === "hidden" ? "undecided" : livenessFrom(isSameStart(found, identity));
  }
  const below = machine.inspectBelow(identity.pid).map((found) => isSameStart(found, identity));
  if (below.includes(true)) return "alive";
  return machine.seesAll && !below.includes(undefined) ? "dead" : "undecided";
}

/**
 * Whether this machine has run a process in an earlier boot. A boot with another id may also be another machine's:
 * clones of a machine have its name and its id, and in a container the id may be an image's. So the process must have
 * been in no container, must have begun before this boot, and must have noted that on a disk that only this machine has.
 */
function hasRebootedSince(identity: ProcessIdentity, file: string | undefined, machine: Machine): boolean {
  const { host, machineId, boot, pidNamespace } = machine.location;
  return (
    machineId !== undefined &&
    identity.machineId === machineId &&
    identity.host === host &&
    boot !== undefined &&
    identity.boot !== undefined &&
    pidNamespace === INITIAL_PID_NAMESPACE &&
    identity.pidNamespace === pidNamespace &&
    (identity.startedAt ?? Infinity) < (machine.bootedAt() ?? -Infinity) &&
    file !== undefined &&
    machine.isOnLocalDisk(file)
  );
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

/**
 * Ids are reused, start times are not. Undefined if either start time is unknown, or if only the clock says that they
 * differ: on Linux, start times move with the clock.
 */
function isSameStart(found: StartTime, identity: ProcessIdentity): boolean | undefined {
  if (found.startTicks !== undefined && identity.startTicks !== undefined)
    return Math.abs(found.startTicks - identity.startTicks) <= 1;
  if (found.startedAt === undefined || identity.startedAt === undefined) return undefined;
  const isSame = Math.abs(found.startedAt - identity.startedAt) <= START_TOLERANCE_MS;
  return isSame || identity.pidNamespace === undefined ? isSame : undefined;
}

/** `ps` reports whole seconds, and the clock may have been corrected since. */
const START_TOLERANCE_MS = 2_000;
