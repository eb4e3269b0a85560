import { spawnSync } from "node:child_process";

/** What a program gets of its own, as in a container: process ids that count from 1, a host name, mounts, a time since the boot. */
export type Namespace = "pid" | "uts" | "mount" | "time";

const FLAGS: Readonly<Record<Namespace, readonly string[]>> = {
  pid: ["--pid", "--fork", "--mount-proc", "--kill-child"],
  uts: ["--uts"],
  mount: ["--mount"],
  // Older kernels let only a child into the new namespace.
  time: ["--time", "--boottime", "5000", "--fork", "--kill-child"],
};

/** The command line that runs a program in namespaces of its own, with a host name where it has one. */
export function inNamespaces(kinds: readonly Namespace[], command: readonly string[], host = "other-host"): string[] {
  const flags = kinds.flatMap((kind) => FLAGS[kind]);
  const named = kinds.includes("uts") ? ["sh", "-c", `hostname ${host} && exec "$@"`, "sh", ...command] : command;
  return [...unshare(), ...flags, "--", ...named];
}

let found: string[] | undefined;

/** As root, in a user namespace, or with sudo: not each of them is allowed on each machine. */
function unshare(): string[] {
  found ??= [["unshare"], ["unshare", "--user", "--map-root-user"], ["sudo", "-n", "--preserve-env", "unshare"]].find(
    ([program, ...args]) => spawnSync(program!, [...args, ...FLAGS.pid, "--", "true"]).status === 0,
  );
  if (found === undefined)
    throw new Error("This test needs unshare, which is in util-linux, and leave to use it: root or sudo.");
  return found;
}
