import * as path from "node:path";
import type { RunFile } from "../../journal/runFile";
import { progressOf } from "../../journal/runProgress";
import { livenessOfRun, MAX_IN_FLIGHT_MS } from "../../journal/unsettledCalls";
import { engineIsGone } from "../../pulumi/pluginProcess";
import { folderOf, sharesOurNamespaces, processesMatching, type Process } from "../../processes/processes";
import { thisMachine } from "../../processes/thisMachine";
import { count } from "../../text/wording";

/**
 * Sends SIGTERM to the plugins of killed engines, and waits until they have ended. A killed engine leaves its plugin
 * running, and a request may still be in flight. On SIGTERM, a plugin that has loaded this package first finishes its
 * requests. A plugin that had loaded nothing when its engine was killed would otherwise wait for that engine forever.
 *
 * @param runs The journal files of this stack's runs: they name the plugins that can have sent something for the stack,
 *   in any folder.
 * @param cwd The project's folder: plugins that run in it and have lost their engine are ended as well.
 */
export async function waitForSurvivors(
  runs: readonly RunFile[],
  cwd: string,
  log: (line: string) => void,
): Promise<void> {
  const deadline = performance.now() + MAX_IN_FLIGHT_MS;
  for (let round = 0; ; round++) {
    const plugins = processesMatching("dynamic-provider");
    const survivors = [...(await orphansOf(runs, plugins)), ...(await orphansIn(cwd, plugins))];
    if (survivors.length === 0) return;
    if (round === 0) {
      log(`Waiting for ${count(new Set(survivors).size, "plugin")} of a killed run to end.`);
      sendSignal(survivors, "SIGTERM");
    }
    if (performance.now() > deadline) {
      // By now no request can still be in flight.
      sendSignal(survivors, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const POLL_MS = 100;
/** Stands for the pid of a running plugin that cannot be signaled from here. */
const OUT_OF_REACH = 0;

/** The plugins that have a journal file for the stack and have lost their engine. */
async function orphansOf(runs: readonly RunFile[], plugins: readonly Process[]): Promise<number[]> {
  const orphans: number[] = [];
  for (const run of runs) {
    if (run.header === undefined || livenessOfRun(run) !== "alive") continue;
    const { engine, plugin } = run.header;
    const isSameNamespace = plugin.pidNamespace === thisMachine().location.pidNamespace;
    const argv = isSameNamespace ? (plugins.find(({ pid }) => pid === plugin.pid)?.argv ?? []) : [];
    const isOrphan = engine === undefined ? await engineIsGone(argv) : progressOf(run) === "ended";
    if (isOrphan) orphans.push(isSameNamespace ? plugin.pid : OUT_OF_REACH);
  }
  return orphans;
}

/** The plugins in a folder that have lost their engine. */
async function orphansIn(cwd: string, plugins: readonly Process[]): Promise<number[]> {
  const orphans: number[] = [];
  for (const { pid, argv } of plugins) {
    const folder = folderOf(pid);
    if (folder === undefined || !isWithin(cwd, folder) || !sharesOurNamespaces(pid)) continue;
    if (await engineIsGone(argv)) orphans.push(pid);
  }
  return orphans;
}

function sendSignal(pids: readonly number[], signal: "SIGTERM" | "SIGKILL"): void {
  for (const pid of new Set(pids.filter((one) => one !== OUT_OF_REACH))) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended, or belongs to another user.
    }
  }
}

function isWithin(parent: string, folder: string): boolean {
  const relative = path.relative(parent, folder);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}
