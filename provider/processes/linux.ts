import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import { isFree, type Machine, type Running } from "./machine";

/** What /proc tells. */
export function linux(): Machine {
  const pidNamespace = linkOf("/proc/self/ns/pid");
  const machineId = textOf("/etc/machine-id")?.trim();
  const boot = textOf("/proc/sys/kernel/random/boot_id")?.trim();
  // After an unshare without a mount of its own, /proc still shows the ids of the namespace above.
  const isProcOurs = linkOf("/proc/self") === String(process.pid);
  return {
    place: {
      host: os.hostname(),
      ...(machineId ? { machineId: digestOf(machineId) } : {}),
      ...(boot ? { boot } : {}),
      ...(pidNamespace === undefined ? {} : { pidNamespace }),
    },
    // hidepid hides other users' processes, and the first of all is another's.
    seesAll: isProcOurs && pidNamespace === INITIAL_PID_NAMESPACE && textOf("/proc/1/status") !== undefined,
    look(pid) {
      const isSelf = pid === process.pid;
      if (!isSelf && isFree(pid)) return "gone";
      const stat = isSelf ? procStat("self") : isProcOurs ? procStat(pid) : undefined;
      if (stat === undefined) return "hidden";
      return stat.isEnded ? "gone" : startOf(stat);
    },
    lookBelow: (pid) =>
      namesakesOf(pid)
        .filter(({ depth }) => depth > 1)
        .map(startOf),
  };
}

/** PROC_PID_INIT_INO of the kernel: the namespace that all others are below. */
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

export interface ProcStat extends Required<Running> {
  readonly name: string;
  readonly parent: number;
  readonly isEnded: boolean;
}

export function procStat(pid: number | "self"): ProcStat | undefined {
  // The name may have spaces and brackets in it.
  const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(textOf(`/proc/${pid}/stat`) ?? "") ?? [];
  if (rest === "") return undefined;
  const [state = "", parent, ...others] = rest.split(" ");
  const startTicks = Number(others[START_FIELD]);
  const uptimeMs = Number((textOf("/proc/uptime") ?? "").split(" ")[0]) * 1000;
  const startedAt = Math.round(Date.now() - uptimeMs + startTicks * MS_PER_TICK);
  return { name, parent: Number(parent), isEnded: /[ZX]/.test(state), startTicks, startedAt };
}

/** The 22nd of /proc/<pid>/stat; the id, the name, the state and the parent come before these. */
const START_FIELD = 22 - 5;
/** USER_HZ is 100 on every Linux that Node.js runs on. */
const MS_PER_TICK = 10;

/** A process that has an id in the innermost of its pid namespaces, and how many of these it is in, as seen from here. */
export interface Namesake extends ProcStat {
  readonly depth: number;
}

export function namesakesOf(pid: number): Namesake[] {
  return processIds().flatMap((outer) => {
    const ids = /^NSpid:\s+(.*)$/m.exec(textOf(`/proc/${outer}/status`) ?? "")?.[1]?.split(/\s+/) ?? [];
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

function startOf({ startTicks, startedAt }: ProcStat): Running {
  return { startTicks, startedAt };
}

function digestOf(text: string): string {
  return createHash("sha256").update(`pulumi-mailmodo ${text}`).digest("hex").slice(0, 16);
}

function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

export function linkOf(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined;
  }
}
