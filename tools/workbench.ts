import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findEngine, type Engine } from "./engine/engine";

/** The result of one run of the CLI. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

/** A Pulumi project in a temporary folder, with a state, a home and an environment of its own. */
export interface Workbench {
  /** The project's folder. */
  readonly dir: string;
  /** The CLI's environment. Changes take effect at the next run; undefined removes a variable. */
  readonly env: Record<string, string | undefined>;
  /** Runs the CLI in the project's folder to its end, whatever its exit code. */
  pulumi(...args: string[]): Promise<Run>;
  /** The same, with more in the environment for this run alone. */
  pulumiWith(env: Record<string, string>, ...args: string[]): Promise<Run>;
  /** Starts the CLI and leaves it to the caller; its output is not kept. */
  start(env: Record<string, string>, ...args: string[]): ChildProcess;
  /** Removes everything. */
  dispose(): void;
}

// Found once: it may have to be installed, and asking a CLI for its version takes a while.
let engine: Promise<Engine> | undefined;

const REPOSITORY = path.resolve(__dirname, "..");

export interface WorkbenchOptions {
  /** Files and folders of this repository to copy in. Default: none. */
  copies?: string[];
  /**
   * The packages of this repository that the project has in its node_modules, or all of them. Default: what a program
   * needs that only enrolls. Pulumi looks through each of them at each run.
   */
  packages?: readonly string[] | "all";
  /** The folder of everything, below one of its own. Default: that one. */
  below?: string;
}

/**
 * Makes a project of the given files.
 *
 * @param files Path in the project, to the text of the file.
 */
export async function createWorkbench(
  files: Record<string, string>,
  { copies = [], packages = ["@pulumi/pulumi", "pulumi-mailmodo"], below = "" }: WorkbenchOptions = {},
): Promise<Workbench> {
  const { bin } = await (engine ??= findEngine());
  const made = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-")));
  const root = path.join(made, below);
  const dir = path.join(root, "project");
  const state = path.join(root, "state");
  const tmp = path.join(root, "tmp");
  for (const folder of [dir, state, tmp]) fs.mkdirSync(folder, { recursive: true });
  for (const name of copies) fs.cpSync(path.join(REPOSITORY, name), path.join(dir, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), text);
  }
  link(packages, path.join(dir, "node_modules"));
  const dispose = () => {
    endAll(path.join(root, "home"));
    fs.rmSync(made, { recursive: true, force: true });
  };
  process.once("exit", dispose);

  // Settings of the caller's for Pulumi, such as PULUMI_STACK, are not meant for this project.
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
  const env: Workbench["env"] = {
    ...Object.fromEntries(others),
    PATH: [bin, process.env["PATH"]].join(path.delimiter),
    PULUMI_HOME: path.join(root, "home"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "not a secret",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    MAILMODO_API_KEY: undefined,
    // ts-node keeps a cache of its own there, which makes the second run faster, and goes with the project.
    TMPDIR: tmp,
  };
  const pulumiWith: Workbench["pulumiWith"] = (more, ...args) =>
    run(path.join(bin, "pulumi"), [...args, "--non-interactive", "--color=never"], dir, { ...env, ...more });
  return {
    dir,
    env,
    pulumi: (...args) => pulumiWith({}, ...args),
    pulumiWith,
    start: (more, ...args) =>
      spawn(path.join(bin, "pulumi"), [...args, "--non-interactive"], {
        cwd: dir,
        env: { ...env, ...more },
        stdio: "ignore",
      }),
    dispose() {
      process.off("exit", dispose);
      dispose();
    },
  };
}

function link(packages: readonly string[] | "all", folder: string): void {
  const from = path.join(REPOSITORY, "node_modules");
  if (packages === "all") return fs.symlinkSync(from, folder);
  for (const name of packages) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.symlinkSync(path.join(from, name), path.join(folder, name));
  }
}

/**
 * Ends what runs with this Pulumi home, so only what was started from this project: a killed CLI leaves its language
 * host and its plugin running.
 */
function endAll(home: string): void {
  if (!fs.existsSync("/proc/self/environ")) return;
  for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (environment.includes(`PULUMI_HOME=${home}`)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended, or is another user's.
    }
  }
}

/** Runs a program to its end and gathers what it prints. */
export async function run(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Run> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: { from: "stdout" | "stderr"; text: string }[] = [];
  for (const from of ["stdout", "stderr"] as const) {
    child[from].setEncoding("utf8").on("data", (text: string) => chunks.push({ from, text }));
  }
  const [code] = (await once(child, "close")) as [number | null];
  const textOf = (from?: string) =>
    chunks
      .filter((chunk) => from === undefined || chunk.from === from)
      .map((chunk) => chunk.text)
      .join("");
  return { code, stdout: textOf("stdout"), stderr: textOf("stderr"), output: textOf() };
}
