import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheFolder, installInto } from "./cache";

/** A tool that is written in Python. */
export interface PythonTool {
  readonly name: string;
  /** What it is, in a few words. */
  readonly what: string;
  /** The file that lists all of its packages, each at one version and with its hashes. */
  readonly requirements: string;
}

export type Log = (line: string) => void;

/**
 * Finds the Python that has a tool, or installs it from PyPI into the user's cache: once for each set of requirements,
 * whose hashes the packages must have.
 *
 * @returns The path of its Python.
 * @throws {Error} No Python 3, or PyPI does not answer. The message is one line and says what to install.
 */
export async function findPythonTool(
  { name, what, requirements }: PythonTool,
  log: Log = (line) => void process.stderr.write(`${line}\n`),
): Promise<string> {
  const digest = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 12);
  const home = path.join(cacheFolder(), `${name}-${digest}`);
  const python = path.join(home, "bin", "python");
  if (fs.existsSync(python)) return python;

  log(`Installing ${name}, ${what} (about a minute, once) …`);
  await installInto(home, async (partial) => {
    try {
      await promisify(execFile)("python3", ["-m", "venv", partial]);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      // Wheels only: to build a package is to run its code, with what it needs for that, of which there are no hashes.
      const checked = ["--require-hashes", "--only-binary", ":all:", "--requirement", requirements];
      await promisify(execFile)(path.join(partial, "bin", "python"), [...pip, ...checked]);
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(
        `Could not install ${name}: ${(stderr || message).trim().split("\n").at(-1)} ` +
          "Install Python 3.10 or later with venv, see that PyPI answers, and run it again.",
      );
    }
  });
  return python;
}
