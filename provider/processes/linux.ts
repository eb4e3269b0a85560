import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import { isOnLocalDisk } from "./localDisk";
import { isPidFree, type Machine, type StartTime } from "./machine";
import { readLink, readText } from "./procFile";
import { bootTimeOffset } from "./timeNamespace";

/** What /proc shows of this machine and its processes. */
export function linux(): Machine {
  const pidNamespace = readLink("/proc/self/ns/pid");
  const machineId = readText("/etc/machine-id")?.trim();
  const boot = readText("/proc/sys/kernel/random/boot_id")?.trim();
  // After an unshare without a /proc mount of its own, /proc still shows the ids of the parent namespace.
  const isProcOurs = readLink("/proc/self") === String(process.pid);
  return {
    location: {
      host: os.hostname(),
      ...(machineId ? { machineId: digestOf(machineId) } : {}),
      ...(boot ? { boot } : {}),
      ...(pidNamespace === undefined ? {} : { pidNamespace }),
    },
    // hidepid hides other users' processes, and process 1 belongs to another user.
    seesAll: isProcOurs && pidNamespace === INITIAL_PID_NAMESPACE && readText("/proc/1/status") !== undefined,
    inspect(pid) {
      const isSelf = pid === process.pid;
      if (!isSelf && isPidFree(pid)) return "gone";
      const stat = isSelf ? procStat("self") : isProcOurs ? procStat(pid) : undefined;
      if (stat === undefined) return "hidden";
      return stat.isEnded ? "gone" : startTimeOf(stat);
    },
    inspectBelow: (pid) =>
      processesByInnermostPid(pid)
        .filter(({ depth }) => depth > 1)
        .map(startTimeOf),
    bootedAt() {
      const [upMs, offsetMs] = [uptimeMs(), bootTimeOffset()];
      return upMs === undefined || offsetMs === undefined ? undefined : Date.now() - upMs + offsetMs;
    },
    isOnLocalDisk,
  };
}

/** The kernel's PROC_PID_INIT_INO: the root namespace, which is the ancestor of all others. */
export const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

export interface ProcStat extends StartTime {
  readonly name: string;
  readonly parent: number;
  readonly isEnded: boolean;
  /** Whether it is a thread of the kernel, which runs no program. */
  readonly isKernel: boolean;
}

export function procStat(pid: number | "self"): ProcStat | undefined {
  // The name may have spaces and brackets in it.
  const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readText(`/proc/${pid}/stat`) ?? "") ?? [];
  if (rest === "") return undefined;
  const [state = "", parent, ...others] = rest.split(" ");
  const isKernel = (Number(others[FLAGS_FIELD]) & PF_KTHREAD) !== 0;
  return {
    name,
    parent: Number(parent),
    isEnded: /[ZX]/.test(state),
    isKernel,
    ...startOf(Number(others[START_FIELD])),
  };
}

/** @param shownTicks When a process started, as this process's time namespace has it. */
function startOf(shownTicks: number): StartTime {
  const [upMs, offsetMs] = [uptimeMs(), bootTimeOffset()];
  return {
    ...(offsetMs === undefined ? {} : { startTicks: Math.round(shownTicks - offsetMs / MS_PER_TICK) }),
    ...(upMs === undefined ? {} : { startedAt: Math.round(Date.now() - upMs + shownTicks * MS_PER_TICK) }),
  };
}

/** The time since the boot, as this process's time namespace has it. Undefined if it is hidden. */
function uptimeMs(): number | undefined {
  const [seconds = ""] = (readText("/proc/uptime") ?? "").split(" ");
  return seconds === "" ? undefined : Number(seconds) * 1000;
}

/** `flags` and `starttime` are fields 9 and 22 of /proc/<pid>/stat. `others` begins at field 5, after the parent. */
const FLAGS_FIELD = 9 - 5;
const START_FIELD = 22 - 5;
const PF_KTHREAD = 0x0020_0000;
/** USER_HZ is 100 on every Linux that Node.js runs on. */
const MS_PER_TICK = 10;

/** A process, and how many pid namespaces, as seen from here, it is in. */
export interface NamespacedProcess extends ProcStat {
  readonly depth: number;
}

/**
 * The processes that have an id in the innermost of their pid namespaces. Without the kernel's threads and the machine's
 * own first process, which run no user's program.
 */
export function processesByInnermostPid(pid: number): NamespacedProcess[] {
  return processIds().flatMap((outer) => {
    const ids = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${outer}/status`) ?? "")?.[1]?.split(/\s+/) ?? [];
    if (ids.at(-1) !== String(pid)) return [];
    const stat = procStat(outer);
    // Some virtual machines hide the first process's namespace, even from root. Then this process's own decides.
    const namespaceOfFirst = () => readLink("/proc/1/ns/pid") ?? readLink("/proc/self/ns/pid");
    const isInit = outer === 1 && namespaceOfFirst() === INITIAL_PID_NAMESPACE;
    return stat === undefined || stat.isEnded || stat.isKernel || isInit ? [] : [{ ...stat, depth: ids.length }];
  });
}

/** The one of the given processes that listens on a TCP port. Undefined if none does, or this machine does not reveal it. */
export function listenerOn(port: number, pids: readonly number[]): number | undefined {
  const sockets = ["tcp", "tcp6"].flatMap((kind) => (readText(`/proc/self/net/${kind}`) ?? "").split("\n").slice(1));
  const inodes = sockets.flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTENING && parseInt(local.split(":")[1] ?? "", 16) === port ? [`socket:[${inode}]`] : [];
  });
  return inodes.length === 0
    ? undefined
    : pids.find((pid) => descriptorsOf(pid).some((target) => inodes.includes(target)));
}

/** The kernel's TCP_LISTEN. */
const LISTENING = "0A";

/** What the descriptors of a process stand for. */
function descriptorsOf(pid: number): string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).flatMap((name) => readLink(`/proc/${pid}/fd/${name}`) ?? []);
  } catch {
    return [];
  }
}

/** The ids of all processes that /proc shows. None without /proc. */
export function processIds(): number[] {
  if (!fs.existsSync("/proc")) return [];
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function startTimeOf({ startTicks, startedAt }: ProcStat): StartTime {
  return { ...(startTicks === undefined ? {} : { startTicks }), ...(startedAt === undefined ? {} : { startedAt }) };
}

function digestOf(text: string): string {
  return createHash("sha256").update(`pulumi-mailmodo ${text}`).digest("hex").slice(0, 16);
}
