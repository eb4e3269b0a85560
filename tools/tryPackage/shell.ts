import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { createWorkbench, run, type Run, type Workbench } from "../workbench";

export const REPOSITORY = path.resolve(__dirname, "../..");

/** What `npm run` says of the script it runs; a package manager in another folder would take it for its own project. */
const OF_NPM_RUN = /^(INIT_CWD|npm_(command|execpath|lifecycle_.*|package_.*|config_(local_prefix|user_agent)))$/;
/** What tools/withNode.js sets for this repository. */
const OF_WITH_NODE = /^(NODE_COMPILE_CACHE|DISABLE_V8_COMPILE_CACHE)$/;

/** The environment of a user's shell: nothing in it leads to this repository. */
export function userEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !OF_NPM_RUN.test(name) && !OF_WITH_NODE.test(name));
  const folders = (env["PATH"] ?? "").split(path.delimiter);
  const isOurs = (folder: string) => `${folder}${path.sep}`.startsWith(`${REPOSITORY}${path.sep}`);
  return {
    ...Object.fromEntries(own),
    PATH: folders.filter((folder) => !isOurs(folder)).join(path.delimiter),
  };
}

/** A workbench in which commands run as in a user's shell, for the time of `use`. */
export async function withUserBench<T>(
  files: Record<string, string>,
  copies: string[],
  use: (bench: Workbench) => Promise<T>,
): Promise<T> {
  const bench = await createWorkbench(files, { copies, packages: [] });
  const env = userEnvironment(bench.env);
  for (const name of Object.keys(bench.env)) bench.env[name] = env[name];
  try {
    return await use(bench);
  } finally {
    // Some ten thousand files: removed without a pause, they would keep the sandboxes of the others from answering.
    await fs.promises.rm(bench.dir, { recursive: true, force: true });
    bench.dispose();
  }
}

/** Runs a command, which must end with 0. Returns what it printed. */
export async function succeed(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const done = await run(program, args, cwd, env);
  assertSuccess(done, `${path.basename(program)} ${args.join(" ")}`);
  return done.output;
}

export function assertSuccess({ code, output }: Run, what: string): void {
  if (code !== 0) throw new Error(`${what} ended with exit code ${code}:\n${output}`);
}

/** npm starts the line of a warning so. Each one asks the user to do something. */
export function assertNoWarning(output: string): void {
  assert.doesNotMatch(output, /^npm warn/im, `npm warns:\n${output}`);
}
