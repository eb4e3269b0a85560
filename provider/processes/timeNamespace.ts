import { readLink, readText } from "./procFile";

/**
 * By how many milliseconds the time since the boot is greater in this process's time namespace than the machine's own. The
 * kernel adds it to the start times of all processes that it shows to this one. Undefined if it is hidden.
 */
export function bootTimeOffset(): number | undefined {
  const namespace = readLink("/proc/self/ns/time");
  const text = readText("/proc/self/timens_offsets");
  // Kernels before 5.6 have no such namespaces.
  if (namespace === undefined && text === undefined) return 0;
  // The file is about the namespace of this process's children, which is another one between an unshare and a fork.
  if (namespace === undefined || readLink("/proc/self/ns/time_for_children") !== namespace) return undefined;
  const [, seconds, nanoseconds] = /^boottime\s+(-?\d+)\s+(\d+)$/m.exec(text ?? "") ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1e3 + Number(nanoseconds) / 1e6;
}
