import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheFolder, installInto, main } from "../cache";
import { buildEngine } from "./build";
import { installEngine } from "./installer";
import { ENGINE_VERSION } from "./versions";

export interface EngineOptions {
  /** Default: the process's. PATH is where an engine is looked for; XDG_CACHE_HOME moves the cache. */
  env?: NodeJS.ProcessEnv;
  /** Where the official installer is. */
  installerUrl?: string;
  /** Receives progress, one line at a time. Default: stderr. */
  log?: (line: string) => void;
}

export interface Engine {
  /** The folder with `pulumi` and its language host. */
  readonly bin: string;
  /** Where it came from: one word for messages and tests. */
  readonly source: "path" | "cache" | "installer" | "build";
}

/**
 * Finds the Pulumi engine, or installs it: the one on PATH if its version fits, else the one in the cache, else the
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

  let source: Engine["source"] = "installer";
  await installInto(home, async (partial) => {
    fs.mkdirSync(path.join(partial, "bin"));
    const notInstalled = await installEngine(partial, options.installerUrl ?? "https://get.pulumi.com", log);
    if (notInstalled === undefined) return;
    source = "build";
    const notBuilt = await buildEngine(partial, env, log);
    if (notBuilt === undefined) return;
    throw new Error(
      `No Pulumi engine: none of version ${ENGINE_VERSION} or later is on PATH, ${notInstalled}, and ${notBuilt}. ` +
        "Install the Pulumi CLI (https://www.pulumi.com/docs/install), or Go 1.26 or later, and run it again.",
    );
  });
  return { bin, source };
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

main(module, async () => (await findEngine()).bin);
