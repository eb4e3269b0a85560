import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheFolder, installInto, main } from "../cache";

const VERSION = "1.7.12";
const PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint";

/**
 * Checks workflows with actionlint, which also checks their shell lines if shellcheck is on PATH.
 *
 * @param files The workflows. Default: this repository's.
 * @returns One line that says what was checked.
 * @throws {Error} It found something, in its words, or it could not be built.
 */
export async function lintWorkflows(files = ownWorkflows()): Promise<string> {
  const actionlint = await findActionlint();
  try {
    await promisify(execFile)(actionlint, ["-oneline", ...files]);
  } catch (error) {
    const { stdout, message } = error as Error & { stdout?: string };
    throw new Error(stdout?.trim() || message, { cause: error });
  }
  return `actionlint ${VERSION}: ${files.length} workflows, nothing found`;
}

/**
 * Finds actionlint in the user's cache, or builds it there with Go, once.
 *
 * @throws {Error} There is no Go, or its proxy does not answer. The message is one line and says what to install.
 */
export async function findActionlint(
  env: NodeJS.ProcessEnv = process.env,
  log = (line: string) => void process.stderr.write(`${line}\n`),
): Promise<string> {
  const home = path.join(cacheFolder(env), `actionlint-${VERSION}`);
  const program = path.join(home, "actionlint");
  if (fs.existsSync(program)) return program;

  log("Building actionlint with Go (about a minute, once) …");
  await installInto(home, async (partial) => {
    const scratch = path.join(partial, "go");
    const goEnv = {
      ...env,
      GOBIN: partial,
      GOPATH: scratch,
      GOMODCACHE: path.join(scratch, "mod"),
      GOCACHE: path.join(scratch, "cache"),
      // Without this the module cache is read-only, and cannot be removed.
      GOFLAGS: `${env["GOFLAGS"] ?? ""} -modcacherw`.trim(),
    };
    try {
      await promisify(execFile)("go", ["install", `${PACKAGE}@v${VERSION}`], { env: goEnv });
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(
        `Could not build actionlint: ${(stderr || message).trim().split("\n").at(-1)?.replace(/[^.]$/, "$&.")} ` +
          "Install Go 1.26 or later, see that its module proxy answers, and run it again.",
        { cause: error },
      );
    }
    fs.rmSync(scratch, { recursive: true, force: true });
  });
  return program;
}

function ownWorkflows(): string[] {
  const folder = path.join(__dirname, "../../.github/workflows");
  return fs.readdirSync(folder).map((name) => path.join(folder, name));
}

main(module, lintWorkflows);
