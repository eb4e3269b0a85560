import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Starts processes for the tests of a suite, and kills after each test what it has started. */
export function useChildProcesses() {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

  /** Its input and output are pipes. */
  async function start(command: readonly string[]): Promise<ChildProcess> {
    const child = spawn(command[0]!, command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    await once(child, "spawn");
    return child;
  }
  /** A process that runs until it is ended. */
  const sleeping = () => start([process.execPath, "-e", "setInterval(() => {}, 1000)"]);
  async function end(child: ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  return { start, sleeping, end };
}
