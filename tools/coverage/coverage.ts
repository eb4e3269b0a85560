import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

const REPOSITORY = path.resolve(__dirname, "../..");
const MEASURED = ["provider", "sandbox"];
const FOLDER = path.join(REPOSITORY, "node_modules", ".cache", "coverage");
const SHRINK_EVERY_MS = 2_000;

/** What Node.js writes for each process, as far as it is read here. */
export interface ProcessCoverage {
  readonly result: readonly { readonly url: string }[];
  readonly "source-map-cache"?: Readonly<Record<string, unknown>>;
}

/**
 * Runs mocha, and prints which share of `provider/` and `sandbox/` it reached, in every process that it started:
 * the lines of what is built, in `dist`, are counted as those of the sources.
 *
 * @param args Mocha's arguments. Default: all tests.
 * @returns Mocha's exit code, or c8's where mocha passed.
 */
async function coverage(args: readonly string[]): Promise<number | null> {
  const [written, kept] = ["written", "kept"].map((name) => path.join(FOLDER, name)) as [string, string];
  fs.rmSync(FOLDER, { recursive: true, force: true });
  for (const folder of [written, kept]) fs.mkdirSync(folder, { recursive: true });

  // Inline, because the package publishes the whole of dist and no maps; `npm pack` builds it again without them.
  for (const name of MEASURED) await run("tsc", ["--project", `${name}/tsconfig.json`, "--inlineSourceMap"]);
  const timer = setInterval(() => keepOwn(written, kept), SHRINK_EVERY_MS);
  const code = await run("mocha", ["--require", "./tools/coverage/takeCoverage.ts", ...withFiles(args)], {
    NODE_V8_COVERAGE: written,
    // Coverage is less precise in functions that come from the cache.
    NODE_DISABLE_COMPILE_CACHE: "1",
  });
  clearInterval(timer);
  keepOwn(written, kept);
  return (await run("c8", report(kept))) || code;
}

function withFiles(args: readonly string[]): string[] {
  const namesFiles = args.some((arg) => /^(\.\/)?test\//.test(arg));
  return namesFiles ? [...args] : ["--parallel", "--jobs", "2", ...args, "test/**/*.spec.ts"];
}

/** Moves on what the processes have written: each has megabytes about packages, and a whole run starts some thousands. */
function keepOwn(from: string, to: string): void {
  for (const name of fs.readdirSync(from)) {
    const file = path.join(from, name);
    const written = parse(fs.readFileSync(file, "utf8"));
    if (written === undefined) continue;
    fs.writeFileSync(path.join(to, name), JSON.stringify(ownPart(written, REPOSITORY)));
    fs.rmSync(file);
  }
}

/** Undefined if it is still being written, or its process was killed as it wrote. */
function parse(text: string): ProcessCoverage | undefined {
  try {
    return JSON.parse(text) as ProcessCoverage;
  } catch {
    return undefined;
  }
}

/** What a process's coverage says of the measured folders of a repository. */
export function ownPart(written: ProcessCoverage, repository: string): ProcessCoverage {
  const folders = MEASURED.map((name) => pathToFileURL(path.join(repository, name, path.sep)).href);
  const isOwn = (url: string) => folders.some((folder) => url.startsWith(folder));
  const maps = Object.entries(written["source-map-cache"] ?? {}).filter(([url]) => isOwn(url));
  return { result: written.result.filter(({ url }) => isOwn(url)), "source-map-cache": Object.fromEntries(maps) };
}

function report(folder: string): string[] {
  const measured = MEASURED.flatMap((name) => ["--src", name, "--include", `${name}/**`]);
  // The page runs in browsers, whose coverage is not taken.
  const excluded = ["**/*.d.ts", "sandbox/page/**", "sandbox/dist/page/**"].flatMap((name) => ["--exclude", name]);
  return ["report", "--temp-directory", folder, "--merge-async", "--all", ...measured, ...excluded];
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number | null> {
  const child = spawn(command, args, { cwd: REPOSITORY, env: { ...process.env, ...env }, stdio: "inherit" });
  return ((await once(child, "exit")) as [number | null])[0];
}

if (require.main === module) void coverage(process.argv.slice(2)).then((code) => (process.exitCode = code ?? 1));
