import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** This project's folder in the user's cache, which all clones share. XDG_CACHE_HOME moves it. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env["XDG_CACHE_HOME"] || path.join(env["HOME"] ?? os.homedir(), ".cache");
  return path.join(base, "pulumi-mailmodo");
}

/**
 * Installs a tool into a folder of the cache, which appears only when it is complete: a killed run leaves nothing that
 * looks finished, and of two runs at once the slower takes what the faster has installed.
 *
 * @param fill Puts the tool into the folder it is given.
 */
export async function installInto(home: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${home}.partial-${process.pid}`;
  removeAbandoned(path.dirname(home));
  const remove = () => fs.rmSync(partial, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    fs.mkdirSync(partial, { recursive: true });
    await fill(partial);
    moveInto(home, partial);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

/** Removes the partial folders of killed runs, but not those of runs that still work. */
function removeAbandoned(cache: string): void {
  if (!fs.existsSync(cache)) return;
  for (const name of fs.readdirSync(cache)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) fs.rmSync(path.join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function moveInto(home: string, partial: string): void {
  try {
    fs.renameSync(partial, home);
  } catch (error) {
    // Another run was faster.
    if (!fs.existsSync(home)) throw error;
  }
}

/** Runs a tool's main when its file is the one that was started: prints what it answers, or one line why not. */
export function main(module: NodeJS.Module, tool: () => Promise<string>): void {
  if (require.main !== module) return;
  tool().then(
    (answer) => console.log(answer),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
