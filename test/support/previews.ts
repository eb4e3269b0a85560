import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { createWorkbench, run, type Run, type Workbench } from "../../tools/workbench";
import { COMMAND } from "./command";
import { journeyId } from "./journeyId";
import { writtenFiles } from "./project";
import type { Each, RunningSandbox } from "./sandbox";

/** One contact, at an address of the stack's own. */
export const ONE = `new JourneyEnrollment("qa", { journeyId: "${journeyId}", email: stackAddress("qa@seeds.example.com"), data: { n: 1 } });`;

/** A machine with a checkout of the project, as a job has it: nothing on it outlives it. */
export interface Runner extends Workbench {
  /** Runs `pulumi-mailmodo previews` to its end, whatever its exit code. */
  previews(...args: string[]): Promise<Run>;
  /** The same, and demands that it succeeds. */
  succeed(...args: string[]): Promise<Run>;
  /** Starts it, and leaves it to the caller. */
  startPreviews(...args: string[]): ChildProcess;
}

export interface RunnerOptions {
  /** The body of the program. Default: one contact. */
  readonly program?: string;
  /** Where the state is: the backend's URL, and what the CLI needs to talk to it. */
  readonly env: Record<string, string>;
  /** Lines to add to the settings of previews. */
  readonly settings?: string;
  /** The project's name. Default: seeds. */
  readonly project?: string;
  /** The folder of the machine, below one of its own. Default: that one. */
  readonly below?: string;
}

/** Makes a runner whose previews enroll in the sandbox. */
export async function createRunner(sandbox: RunningSandbox, options: RunnerOptions): Promise<Runner> {
  const { program = ONE, env, settings = "", project = "seeds", below = "" } = options;
  const files = {
    "Pulumi.yaml": `name: ${project}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`,
    "Pulumi.preview.yaml":
      `config:\n  mailmodo:baseUrl: ${sandbox.url}\n  mailmodo:requestTimeoutSeconds: "2"\n  mailmodo:lateStartSeconds: "0"\n` +
      `  mailmodo:allowedRecipients:\n    - "*@seeds.example.com"\n${settings}`,
    "package.json": "{}",
    "index.js": `const { JourneyEnrollment, stackAddress } = require("pulumi-mailmodo");\n${program}\n`,
  };
  const bench = await createWorkbench(files, { below });
  Object.assign(bench.env, { MAILMODO_API_KEY: SANDBOX_KEY }, env);
  const previews = (...args: string[]) => run(process.execPath, [COMMAND, "previews", ...args], bench.dir, bench.env);
  return {
    ...bench,
    previews,
    async succeed(...args) {
      const result = await previews(...args);
      assert.equal(result.code, 0, `previews ${args.join(" ")}:\n${result.output}`);
      return result;
    },
    startPreviews: (...args) =>
      spawn(process.execPath, [COMMAND, "previews", ...args], { cwd: bench.dir, env: bench.env, stdio: "ignore" }),
  };
}

/** Makes runners, and removes them after each test or after the suite. */
export function useRunners(
  sandbox: () => RunningSandbox,
  backend: () => { env: Record<string, string> },
  each: Each = "test",
): (options?: Partial<RunnerOptions>) => Promise<Runner> {
  const runners: Runner[] = [];
  (each === "test" ? afterEach : after)(() => {
    for (const runner of runners.splice(0)) runner.dispose();
  });
  return async (options = {}) => {
    const runner = await createRunner(sandbox(), { env: backend().env, ...options });
    runners.push(runner);
    return runner;
  };
}

/** A folder for states, which is removed after the test or the suite. */
export function useFolderBackend(each: Each = "test"): () => FolderBackend {
  let dir: string;
  (each === "test" ? beforeEach : before)(() => {
    dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-backend-")));
  });
  (each === "test" ? afterEach : after)(() => fs.rmSync(dir, { recursive: true, force: true }));
  return () => ({
    dir,
    env: { PULUMI_BACKEND_URL: `file://${dir}` },
    stacks: () =>
      writtenFiles(dir)
        .map((file) => path.relative(dir, file))
        .filter((file) => !/meta\.yaml|\.bak|backups/.test(file)),
  });
}

interface FolderBackend {
  readonly dir: string;
  readonly env: Record<string, string>;
  /** The files that it has of stacks, but for the copies that the CLI itself keeps. */
  stacks(): string[];
}

/** The folders of settings that commands on the machine have made and not removed. */
export function privateFolders({ env: { TMPDIR = "" } }: Runner): string[] {
  return fs
    .readdirSync(TMPDIR)
    .filter((name) => name.startsWith("pulumi-mailmodo-private-"))
    .map((name) => path.join(TMPDIR, name));
}
