import * as os from "node:os";
import * as path from "node:path";
import { engineAddress, engineIsGone } from "../plugin";
import { folderOf, isAlive, processesLike } from "../processes";
import type { Lock, Stack } from "./stack";

/**
 * Frees the lock of a run that is dead.
 *
 * @param deadAfterMs How old a lock of another machine must be to be a dead run's. Default: it never is.
 */
export async function freeLock(
  stack: Stack,
  locks: readonly Lock[],
  log: (line: string) => void,
  deadAfterMs = Infinity,
): Promise<boolean> {
  for (const { owner, host, pid, at } of locks) {
    const here = host === os.hostname();
    if (here ? !isAlive(pid, "pulumi") : Date.now() - at >= deadAfterMs) continue;
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
const SURVIVOR_MS = 25_000;

/**
 * A killed engine leaves its plugin running, and a request may still be on its way: waits until it has ended. Asked to
 * stop, a plugin that has this package loaded ends what it does first; one that was killed off before it loaded anything
 * would wait for its engine for ever.
 */
export async function outliveSurvivors(cwd: string, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + SURVIVOR_MS;
  for (let round = 0; ; round++) {
    const survivors = await survivorsIn(cwd);
    if (survivors.length === 0) return;
    if (round === 0) {
      log(`Waiting for ${count(survivors.length, "plugin")} of a killed run to end.`);
      end(survivors, "SIGTERM");
    }
    if (Date.now() > deadline) {
      // By now no request can be on its way any more.
      end(survivors, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

interface Survivor {
  readonly pid: number;
  /** Whether it surely is this project's: where the machine does not tell, it is waited for, and not ended. */
  readonly isOurs: boolean;
}

/** The plugins of this project whose engine is gone. */
async function survivorsIn(cwd: string): Promise<Survivor[]> {
  const survivors: Survivor[] = [];
  for (const { pid, argv } of processesLike("dynamic-provider")) {
    const folder = folderOf(pid);
    if (folder !== undefined && !isWithin(cwd, folder)) continue;
    if (engineAddress(argv) === undefined || !(await engineIsGone(argv))) continue;
    survivors.push({ pid, isOurs: folder !== undefined });
  }
  return survivors;
}

function end(survivors: readonly Survivor[], signal: "SIGTERM" | "SIGKILL"): void {
  for (const { pid } of survivors.filter(({ isOurs }) => isOurs)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
}

export function isWithin(parent: string, folder: string): boolean {
  const relative = path.relative(parent, folder);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}

export function count(many: number, what: string, several = `${what}s`): string {
  return `${many} ${many === 1 ? what : several}`;
}
