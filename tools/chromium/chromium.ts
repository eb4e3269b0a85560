import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { main } from "../cache";

export interface ChromiumOptions {
  /** Default: the process's. CHROMIUM names a browser; PATH is where one is looked for, and apt-get. */
  env?: NodeJS.ProcessEnv;
  /** Where the system says what it is. */
  osRelease?: string;
  /** Whether packages may be installed. Default: whether the user is root. */
  isRoot?: boolean;
  /** Receives progress, one line at a time. Default: stderr. */
  log?: (line: string) => void;
}

/** The names of Chromium and Chrome on PATH. Not `chromium-browser`: on Ubuntu that is a script that asks for a snap. */
const NAMES = ["chromium", "google-chrome", "google-chrome-stable"];
/** Chromium only recommends a font, and without one it draws no letter. */
const PACKAGES = ["chromium", "fonts-liberation"];

/**
 * Finds the browser that the tests of the sandbox's page drive: the one that CHROMIUM names, else Chromium or Chrome on
 * PATH. On Debian, root installs Chromium from Debian's packages.
 *
 * @returns The path of its program.
 * @throws {Error} There is none. The message is one line and says what to install.
 */
export async function findChromium(options: ChromiumOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  const named = env["CHROMIUM"];
  if (named) {
    if (isProgram(named)) return named;
    throw new Error(`CHROMIUM is ${named}, and that is no program. Set it to a Chromium or Chrome, or unset it.`);
  }
  const found = findOnPath(env);
  if (found !== undefined) return found;

  const isRoot = options.isRoot ?? process.getuid?.() === 0;
  if (!isRoot || !isDebian(options.osRelease ?? "/etc/os-release")) {
    throw new Error(
      "No browser for the tests of the sandbox's page. Install Chromium or Chrome, or set CHROMIUM to one.",
    );
  }
  log("Installing Chromium from Debian's packages, for the tests of the sandbox's page (about a minute, once) …");
  await install(env);
  const installed = findOnPath(env);
  if (installed !== undefined) return installed;
  throw new Error("Could not find Chromium, though apt-get installed it. Set CHROMIUM to where it is.");
}

function findOnPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Debian itself: Ubuntu's package `chromium` asks for a snap. */
function isDebian(osRelease: string): boolean {
  return fs.existsSync(osRelease) && /^ID="?debian"?$/m.test(fs.readFileSync(osRelease, "utf8"));
}

async function install(env: NodeJS.ProcessEnv): Promise<void> {
  // Another run may be installing it.
  const install = ["install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...PACKAGES];
  for (const args of [["update"], install]) {
    try {
      await promisify(execFile)("apt-get", ["-qq", ...args], { env: { ...env, DEBIAN_FRONTEND: "noninteractive" } });
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(
        `Could not install Chromium: ${(stderr || message).trim().split("\n").at(-1)?.replace(/[^.]$/, "$&.")} ` +
          "See that Debian's packages answer, or set CHROMIUM to a Chromium or Chrome, and run it again.",
        { cause: error },
      );
    }
  }
}

main(module, findChromium);
