import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { bring, cacheFolder } from "../cache";

const VERSION = "24.21.0";

/** What the npm registry has of it, by platform, with the hash of each package. */
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  "linux-arm64": "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
};

export interface NodeOptions {
  /** Default: the process's. XDG_CACHE_HOME moves the cache. */
  env?: NodeJS.ProcessEnv;
  /** Such as `linux-x64`. Default: this machine's. */
  platform?: string;
  /** Takes progress, a line at a time. Default: stderr. */
  log?: (line: string) => void;
}

/**
 * Finds the pinned Node.js in the user's cache, or installs it there from the npm registry, once.
 *
 * @returns The folder with `node`.
 * @throws {Error} There is none for this platform, or the registry does not answer. The message is one line and says
 * what to install.
 */
export async function findNode(options: NodeOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  const home = path.join(cacheFolder(env), `node-${VERSION}`);
  const bin = path.join(home, "package", "bin");
  if (fs.existsSync(path.join(bin, "node"))) return bin;

  const hash = PACKAGES[platform];
  if (hash === undefined) {
    throw new Error(
      `Node.js ${process.version} is too old, and the npm registry has no other for ${platform}. Install Node.js 22 or later.`,
    );
  }
  log(`Node.js ${process.version} is too old: installing ${VERSION} from the npm registry into ${home}, once.`);
  await bring(home, async (partial) => {
    try {
      await install(`node-${platform}`, hash, partial, env);
    } catch (error) {
      throw new Error(
        `Could not install Node.js ${VERSION} (${reason(error)}). Install Node.js 22 or later, and run it again.`,
        { cause: error },
      );
    }
  });
  return bin;
}

async function install(name: string, hash: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await promisify(execFile)("npm", ["pack", `${name}@${VERSION}`, "--silent", "--pack-destination", folder], { env });
  const tarball = path.join(folder, `${name}-${VERSION}.tgz`);
  const actual = `sha512-${createHash("sha512").update(fs.readFileSync(tarball)).digest("base64")}`;
  if (actual !== hash) throw new Error(`${name}@${VERSION} is not the pinned package: its hash is ${actual}`);
  await promisify(execFile)("tar", ["-xzf", tarball, "-C", folder], { env });
  fs.rmSync(tarball);
}

function reason(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  const lines = (stderr || message).split("\n").filter((line) => line.trim() !== "");
  return (lines[0] ?? "").replace(/^npm (error|ERR!) /, "");
}
