import * as fs from "node:fs";
import * as os from "node:os";
import { linux } from "./linux";
import { isOnLocalDisk } from "./localDisk";
import { isPidFree, output, type Machine } from "./machine";

let machine: Machine | undefined;

export function thisMachine(): Machine {
  return (machine ??= fs.existsSync("/proc/self/stat") ? linux() : withoutProc());
}

/** For macOS and Windows, which have no pid namespaces; and for Linux that hides which one this is, so proves nothing. */
function withoutProc(): Machine {
  const isLinux = process.platform === "linux";
  const isWindows = process.platform === "win32";
  const boot = isWindows || isLinux ? undefined : output("sysctl", "-n", "kern.bootsessionuuid");
  return {
    location: {
      host: os.hostname(),
      ...(boot ? { boot } : {}),
      ...(isLinux ? { pidNamespace: "hidden" } : {}),
    },
    seesAll: !isLinux,
    inspect(pid) {
      if (pid === process.pid) return { startedAt: Math.round(performance.timeOrigin) };
      if (isPidFree(pid)) return "gone";
      const started = isWindows
        ? output("powershell", "-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.ToString("o")`)
        : output("ps", "-o", "lstart=", "-p", String(pid));
      const startedAt = Date.parse(started ?? "");
      return Number.isNaN(startedAt) ? "hidden" : { startedAt };
    },
    inspectBelow: () => [],
    bootedAt: () => undefined,
    isOnLocalDisk,
  };
}
