import * as os from "node:os";
import * as path from "node:path";
import { engineAddress, engineIsGone } from "../plugin";
import { folderOf, isAlive, processesLike } from "../processes";
import type { Stack } from "./stack";

/** Frees the lock of a run that died on this machine. */
export async function freeLock(stack: Stack, log: (line: string) => void): Promise<boolean> {
  const locks = await stack.locks();
  for (const { owner, host, pid } of locks) {
    const here = host === os.hostname();
    if (here && !isAlive(pid, "pulumi")) continue;
    throw new Error(
      `The stack ${stack.name} is locked by ${owner}@${host} (pid ${pid}), ${here ? "which still runs" : "another machine"}. ` +
        `Wait for it; or, if you know that it is over, free the lock: pulumi cancel --stack ${stack.name}. Then recover again.`,
    );
  }
  if (locks.length === 0) return false;
  await stack.unlock();
  log(`Freed the lock of a run that is over (${locks.map(({ pid }) => `pid ${pid}`).join(", ")}).`);
  return true;
}

const POLL_MS = 100;
/** The longest that one request can take, and some. */
const SURVIVOR_MS = 35_000;

/** A killed engine leaves its plugin running, and a request may still be on its way: waits until it has ended. */
export async function outliveSurvivors(cwd: string, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + SURVIVOR_MS;
  for (let said = false; ; said = true) {
    const survivors = await survivorsIn(cwd);
    if (survivors.length === 0) return;
    if (!said) log(`Waiting for ${count(survivors.length, "plugin")} of a killed run to end.`);
    if (Date.now() > deadline) {
      throw new Error(
        `${count(survivors.length, "plugin")} of a killed run did not end (pid ${survivors.join(", ")}), and may still send. ` +
          "End it, then recover again.",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The plugins of this project whose engine is gone. */
async function survivorsIn(cwd: string): Promise<number[]> {
  const pids: number[] = [];
  for (const { pid, argv } of processesLike("dynamic-provider")) {
    const folder = folderOf(pid);
    // Where this machine does not tell the folder, another project's may be waited for; it ends by itself as well.
    const mayBeOurs = folder === undefined || isWithin(cwd, folder);
    if (mayBeOurs && engineAddress(argv) !== undefined && (await engineIsGone(argv))) pids.push(pid);
  }
  return pids;
}

export function isWithin(parent: string, folder: string): boolean {
  const relative = path.relative(parent, folder);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}

export function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}
