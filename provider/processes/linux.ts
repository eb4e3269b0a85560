import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import { isPidFree, type Machine, type StartTime } from "./machine";

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
  };
}

/** The kernel's PROC_PID_INIT_INO: the root namespace, which is the ancestor of all others. */
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

export interface ProcStat extends Required<StartTime> {
  readonly name: string;
  readonly parent: number;
  readonly isEnded: boolean;
}

export function procStat(pid: number | "self"): ProcStat | undefined {
  // The name may have spaces and brackets in it.
  const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readText(`/proc/${pid}/stat`) ?? "") ?? [];
  if (rest === "") return undefined;
  const [state = "", parent, ...others] = rest.split(" ");
  const startTicks = Number(others[START_FIELD]);
  const uptimeMs = Number((readText("/proc/uptime") ?? "").split(" ")[0]) * 1000;
  const startedAt = Math.round(Date.now() - uptimeMs + startTicks * MS_PER_TICK);
  return { name, parent: Number(parent), isEnded: /[ZX]/.test(state), startTicks, startedAt };
}

/** `starttime` is field 22 of /proc/<pid>/stat. `others` begins after the id, the name, the state and the parent. */
const START_FIELD = 22 - 5;
/** USER_HZ is 100 on every Linux that Node.js runs on. */
const MS_PER_TICK = 10;

/** A process, and how many pid namespaces, as seen from here, it is in. */
export interface NamespacedProcess extends ProcStat {
  readonly depth: number;
}

/** The processes that have an id in the innermost of their pid namespaces. */
export function processesByInnermostPid(pid: number): NamespacedProcess[] {
  return processIds().flatMap((outer) => {
    const ids = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${outer}/status`) ?? "")?.[1]?.split(/\s+/) ?? [];
    if (ids.at(-1) !== String(pid)) return [];
    const stat = procStat(outer);
    return stat === undefined || stat.isEnded ? [] : [{ ...stat, depth: ids.length }];
  });
}

/** The ids of all processes that /proc shows. */
export function processIds(): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function startTimeOf({ startTicks, startedAt }: ProcStat): StartTime {
  return { startTicks, startedAt };
}

function digestOf(text: string): string {
  return createHash("sha256").update(`pulumi-mailmodo ${text}`).digest("hex").slice(0, 16);
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

export function readLink(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined;
  }
}
