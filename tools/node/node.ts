import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheFolder, installInto } from "../cache";

const VERSION = "24.21.0";

/** The platforms for which the npm registry has that version, with the hash of each package. */
const HASHES: Readonly<Record<string, string>> = {
  "linux-x64": "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  "linux-arm64": "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
};

export interface NodeOptions {
  /** Default: the process's. XDG_CACHE_HOME moves the cache. */
  env?: NodeJS.ProcessEnv;
  /** Such as `linux-x64`. Default: this machine's. */
  platform?: string;
  /** The SHA-512 of each platform's package, as npm writes it. Default: those of the pinned version. */
  hashes?: Readonly<Record<string, string>>;
  /** Receives progress, one line at a time. Default: stderr. */
  log?: (line: string) => void;
}

/**
 * Finds the pinned Node.js in the user's cache, or installs it there from the npm registry, once.
 *
 * @returns The folder with `node`.
 * @throws {Error} The registry has none for this platform, does not answer, or has another package than the pinned one.
 * The message is one line and says what to install.
 */
export async function findNode(options: NodeOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  const home = path.join(cacheFolder(env), `node-${VERSION}`);
  const bin = path.join(home, "package", "bin");
  if (fs.existsSync(path.join(bin, "node"))) return bin;

  const hash = (options.hashes ?? HASHES)[platform];
  if (hash === undefined) {
    throw new Error(
      `Node.js ${process.version} is too old, and the npm registry has no ${VERSION} for ${platform}. ` +
        "Install Node.js 22 or later, and run it again.",
    );
  }
  log(`Node.js ${process.version} is too old: installing ${VERSION} from the npm registry into ${home}, once.`);
  await installInto(home, async (partial) => {
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

/** Downloads the package of a platform and unpacks it, if it is the one that was pinned. */
async function install(name: string, hash: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ["pack", `${name}@${VERSION}`, "--loglevel=error", "--pack-destination", folder];
  await promisify(execFile)("npm", args, { env });
  const tarball = path.join(folder, `${name}-${VERSION}.tgz`);
  const actual = `sha512-${createHash("sha512").update(fs.readFileSync(tarball)).digest("base64")}`;
  if (actual !== hash) throw new Error(`${name}@${VERSION} is not the pinned package: its hash is ${actual}`);
  await promisify(execFile)("tar", ["-xzf", tarball, "-C", folder], { env });
  fs.rmSync(tarball);
}

/** What npm or tar said, in one line. npm puts codes before the sentence that names the failure. */
function reason(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  const lines = (stderr || message).split("\n").map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim());
  return lines.find((line) => line !== "" && !/^(code|syscall|errno) /.test(line)) ?? "";
}
