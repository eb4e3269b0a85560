import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildEngine } from "./build";
import { installEngine } from "./installer";
import { ENGINE_VERSION } from "./versions";

export interface EngineOptions {
  /** Default: the process's. PATH is where an engine is looked for; XDG_CACHE_HOME moves the cache. */
  env?: NodeJS.ProcessEnv;
  /** Where the official installer is. */
  installerUrl?: string;
  /** Takes progress, a line at a time. Default: stderr. */
  log?: (line: string) => void;
}

export interface Engine {
  /** The folder with `pulumi` and its language host. */
  readonly bin: string;
  /** Where it came from: one word for messages and tests. */
  readonly source: "path" | "cache" | "installer" | "build";
}

/**
 * Finds the Pulumi engine, or brings it: the one on PATH if its version fits, else the one brought before, else the
 * official installer's, else one built from source with Go. Writes to the user's cache folder only, which all clones
 * share.
 *
 * @throws {Error} None of these is possible. The message is one line and says what to install.
 */
export async function findEngine(options: EngineOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));

  const onPath = findOnPath(env);
  if (onPath !== undefined) return { bin: onPath, source: "path" };

  const home = path.join(cacheFolder(env), `engine-${ENGINE_VERSION}`);
  const bin = path.join(home, "bin");
  if (fs.existsSync(path.join(bin, "pulumi"))) return { bin, source: "cache" };

  const partial = `${home}.partial-${process.pid}`;
  removeAbandoned(path.dirname(home));
  const leave = () => fs.rmSync(partial, { recursive: true, force: true });
  process.once("exit", leave);
  try {
    fs.mkdirSync(path.join(partial, "bin"), { recursive: true });
    const notInstalled = await installEngine(partial, options.installerUrl ?? "https://get.pulumi.com", log);
    const notBuilt = notInstalled && (await buildEngine(partial, env, log));
    if (notBuilt !== undefined) {
      throw new Error(
        `No Pulumi engine: none of version ${ENGINE_VERSION} or later is on PATH, ${notInstalled}, and ${notBuilt}. ` +
          "Install the Pulumi CLI (https://www.pulumi.com/docs/install), or Go 1.26 or later, and run it again.",
      );
    }
    keep(partial, home);
    return { bin, source: notInstalled === undefined ? "installer" : "build" };
  } finally {
    leave();
    process.off("exit", leave);
  }
}

/** This project's folder in the user's cache. */
function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env["XDG_CACHE_HOME"] || path.join(env["HOME"] ?? os.homedir(), ".cache");
  return path.join(base, "pulumi-mailmodo");
}

function findOnPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const bin = folders.find((folder) => fs.existsSync(path.join(folder, "pulumi")));
  // Without its language host an engine runs no program.
  if (bin === undefined || !folders.some((folder) => fs.existsSync(path.join(folder, "pulumi-language-nodejs")))) {
    return undefined;
  }
  const version = spawnSync(path.join(bin, "pulumi"), ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    encoding: "utf8",
  }).stdout;
  return fits(version) ? bin : undefined;
}

/** The same major version, and not older than what the project is tested with. */
function fits(version: string | null): boolean {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version ?? "") ?? [];
  const [wantedMajor, wantedMinor] = ENGINE_VERSION.split(".");
  return major === wantedMajor && Number(minor) >= Number(wantedMinor);
}

/** A kill leaves a half-made engine behind; the next run takes it away, unless its maker still works. */
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

/** Puts a whole engine in its place at once; if another run was faster, its engine is as good. */
function keep(partial: string, home: string): void {
  try {
    fs.renameSync(partial, home);
  } catch (error) {
    if (!fs.existsSync(path.join(home, "bin", "pulumi"))) throw error;
  }
}

if (require.main === module) {
  findEngine().then(
    ({ bin }) => console.log(bin),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
