import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { expand, holds, type Contexts } from "./expressions";

type Texts = Readonly<Record<string, string>>;

export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Texts;
}

export interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly permissions: Texts;
  readonly env?: Texts;
  readonly "timeout-minutes": number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Texts;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean | string };
  readonly defaults: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** A workflow's text, and what YAML says that it is. */
export function readWorkflow(name: string): { text: string; workflow: Workflow } {
  const text = fs.readFileSync(path.join(__dirname, "../../.github/workflows", name), "utf8");
  return { text, workflow: parse(text) as Workflow };
}

/** A runner of GitHub's, as far as its `run:` steps depend on it. */
export interface Machine {
  /** The checkout. */
  readonly dir: string;
  /** An empty folder, which the job may fill. */
  readonly temp: string;
  readonly env: NodeJS.ProcessEnv;
  /** What actions leave in the environment, by name. They are not run: what they would install is here. */
  readonly actions: Readonly<Record<string, (inputs: Texts) => Texts>>;
}

export interface JobRun {
  readonly conclusion: "success" | "failure" | "skipped";
  readonly ran: readonly { readonly name: string; readonly code: number | null; readonly env: NodeJS.ProcessEnv }[];
  /** What the `run:` steps printed. */
  readonly output: string;
  /** The job's summary, Markdown. */
  readonly summary: string;
}

/**
 * Runs a job as GitHub does: its steps in order, each in a bash of its own, with the file's own conditions and environment.
 *
 * @param onStart Gets the process of each step as it starts: GitHub's signals go to that one alone.
 */
export async function runJob(
  job: Job,
  machine: Machine,
  contexts: Contexts,
  onStart: (name: string, child: ChildProcess) => void = () => undefined,
): Promise<JobRun> {
  const ran: { name: string; code: number | null; env: NodeJS.ProcessEnv }[] = [];
  if (!holds(job.if, contexts, false)) return { conclusion: "skipped", ran, output: "", summary: "" };

  const file = (name: string) => path.join(machine.temp, name);
  const written = (name: string) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), "utf8") : "");
  const files = { GITHUB_ENV: file("env"), GITHUB_STEP_SUMMARY: file("summary"), RUNNER_TEMP: machine.temp };
  const taken: Record<string, string> = {};
  let failed = false;
  for (const [nth, { name, uses, with: inputs = {}, if: condition, run, env = {} }] of job.steps.entries()) {
    if (!holds(condition, contexts, failed)) continue;
    if (uses !== undefined) {
      const action = machine.actions[uses.split("@")[0] ?? ""];
      if (action === undefined) throw new Error(`The test knows no action ${uses}.`);
      Object.assign(taken, action(expandAll(inputs, contexts)));
      continue;
    }
    const lines = [...written("env").matchAll(/^(\w+)=(.*)$/gm)];
    const set = Object.fromEntries(lines.map(([, key = "", value = ""]): [string, string] => [key, value]));
    const own = { ...files, ...expandAll(job.env ?? {}, contexts), ...taken, ...set, ...expandAll(env, contexts) };
    const script = file(`step-${nth}.sh`);
    fs.writeFileSync(script, run ?? "");
    // Not a pipe: what a step leaves running in the background would hold it open.
    const output = fs.openSync(file("output"), "a");
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: machine.dir,
      env: { ...machine.env, ...own },
      stdio: ["ignore", output, output],
    });
    onStart(name ?? "", child);
    const [code] = (await once(child, "exit")) as [number | null];
    fs.closeSync(output);
    failed ||= code !== 0;
    ran.push({ name: name ?? "", code, env: own });
  }
  return { conclusion: failed ? "failure" : "success", ran, output: written("output"), summary: written("summary") };
}

function expandAll(values: Readonly<Record<string, unknown>>, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, expand(String(value), contexts)]));
}
