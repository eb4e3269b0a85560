import * as path from "node:path";
import type { RunFile } from "../../journal/runFile";
import { fateOfRun, OUTLIVED_MS } from "../../journal/unsettledCalls";
import { engineIsGone } from "../../pulumi/pluginProcess";
import { fateOf } from "../../processes/processIdentity";
import { folderOf, isAmongOurs, processesLike, type Process } from "../../processes/processes";
import { thisMachine } from "../../processes/thisMachine";
import { count } from "../../text/describe";

/**
 * A killed engine leaves its plugin running, and a request may still be on its way: waits until it has ended. On SIGTERM
 * a plugin that has this package loaded finishes its requests first; one that was killed off before it loaded anything
 * would wait for its engine for ever.
 *
 * @param runs What runs of this stack have noted: the plugins that can have sent something for it, wherever they run.
 * @param cwd The project's folder: a plugin that runs in it and has lost its engine is ended as well.
 */
export async function outliveSurvivors(
  runs: readonly RunFile[],
  cwd: string,
  log: (line: string) => void,
): Promise<void> {
  const deadline = performance.now() + OUTLIVED_MS;
  for (let round = 0; ; round++) {
    const plugins = processesLike("dynamic-provider");
    const survivors = [...(await orphansOf(runs, plugins)), ...(await orphansIn(cwd, plugins))];
    if (survivors.length === 0) return;
    if (round === 0) {
      log(`Waiting for ${count(new Set(survivors).size, "plugin")} of a killed run to end.`);
      end(survivors, "SIGTERM");
    }
    if (performance.now() > deadline) {
      // By now no request can be on its way any more.
      end(survivors, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const POLL_MS = 100;
/** One that runs, and that no signal from here reaches. */
const OUT_OF_REACH = 0;

/** The plugins that have noted something for the stack and have lost their engine. */
async function orphansOf(runs: readonly RunFile[], plugins: readonly Process[]): Promise<number[]> {
  const orphans: number[] = [];
  for (const run of runs) {
    if (run.header === undefined || fateOfRun(run) !== "alive") continue;
    const { engine, plugin } = run.header;
    const isNear = plugin.pidNamespace === thisMachine().place.pidNamespace;
    const argv = isNear ? (plugins.find(({ pid }) => pid === plugin.pid)?.argv ?? []) : [];
    const isOrphan = engine === undefined ? await engineIsGone(argv) : fateOf(engine) === "dead";
    if (isOrphan) orphans.push(isNear ? plugin.pid : OUT_OF_REACH);
  }
  return orphans;
}

/** The plugins in a folder that have lost their engine. */
async function orphansIn(cwd: string, plugins: readonly Process[]): Promise<number[]> {
  const orphans: number[] = [];
  for (const { pid, argv } of plugins) {
    const folder = folderOf(pid);
    if (folder === undefined || !isWithin(cwd, folder) || !isAmongOurs(pid)) continue;
    if (await engineIsGone(argv)) orphans.push(pid);
  }
  return orphans;
}

function end(pids: readonly number[], signal: "SIGTERM" | "SIGKILL"): void {
  for (const pid of new Set(pids.filter((one) => one !== OUT_OF_REACH))) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended, or is another user's.
    }
  }
}

function isWithin(parent: string, folder: string): boolean {
  const relative = path.relative(parent, folder);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}
