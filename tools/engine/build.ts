import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as readline from "node:readline";
import { ENGINE_VERSION, HOST_VERSION } from "./versions";

interface Program {
  readonly name: string;
  readonly version: string;
  readonly package: string;
  /** The folder beside this file with the go.mod and go.sum that pin it and all it is made of. */
  readonly module: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: "pulumi-language-nodejs",
    version: HOST_VERSION,
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    module: "host",
  },
  { name: "pulumi", version: ENGINE_VERSION, package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", module: "pulumi" },
];

const PROGRESS_EVERY_MS = 10_000;

/**
 * Builds the pinned engine and language host with Go, into `home`, and puts the dynamic provider's plugin beside them.
 * Go's own caches stay in `home` too, and are removed at the end: they are some gigabytes.
 *
 * @returns Why it could not, or nothing.
 */
export async function buildEngine(
  home: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<string | undefined> {
  if (spawnSync("go", ["version"], { env }).status !== 0) return "there is no Go to build one with";
  const scratch = path.join(home, "go");
  fs.mkdirSync(path.join(scratch, "tmp"), { recursive: true });
  const goEnv: NodeJS.ProcessEnv = {
    ...env,
    GOENV: env["GOENV"] ?? path.join(configFolder(env), "go", "env"),
    GOPATH: scratch,
    GOMODCACHE: path.join(scratch, "mod"),
    GOCACHE: path.join(scratch, "cache"),
    GOTMPDIR: path.join(scratch, "tmp"),
    // Go counts its own use in a folder there.
    XDG_CONFIG_HOME: path.join(scratch, "config"),
    // Without this the module cache is read-only, and cannot be removed.
    GOFLAGS: `${env["GOFLAGS"] ?? ""} -modcacherw`.trim(),
    CGO_ENABLED: "0",
  };
  log(
    `Building Pulumi ${ENGINE_VERSION} from source, once: some minutes. Later runs, and other clones, find it in the cache.`,
  );
  for (const program of PROGRAMS) {
    const failure = await build(program, path.join(home, "bin"), goEnv, log);
    if (failure !== undefined) return failure;
  }
  passOptionsAsFlags(path.join(home, "bin"));
  copyDynamicProviderPlugin(path.join(home, "bin"));
  fs.rmSync(scratch, { recursive: true, force: true });
  return undefined;
}

async function build(
  program: Program,
  bin: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<string | undefined> {
  const total: string[] = [];
  const progress = { downloaded: 0, compiled: 0 };
  const started = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    const what =
      total.length === 0
        ? `${progress.downloaded} modules downloaded`
        : `${progress.compiled} of ${total.length} packages compiled`;
    log(`  ${program.name} ${program.version}: ${what}, ${seconds} s`);
  }, PROGRESS_EVERY_MS);
  const words: string[] = [];
  const go = async (args: string[], onOut: (line: string) => void, onErr: () => void) => {
    const cwd = path.join(__dirname, program.module);
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    readline.createInterface(child.stdout).on("line", onOut);
    readline.createInterface(child.stderr).on("line", (line) => {
      words.push(line);
      onErr();
    });
    return ((await once(child, "close")) as [number | null])[0] === 0;
  };
  try {
    const ldflags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${program.version}`;
    const done =
      (await go(
        ["list", "-deps", program.package],
        (line) => total.push(line),
        () => progress.downloaded++,
      )) &&
      (await go(
        ["build", "-v", "-trimpath", "-ldflags", ldflags, "-o", path.join(bin, program.name), program.package],
        () => undefined,
        () => progress.compiled++,
      ));
    return done ? undefined : `building ${program.name} with Go failed (${words.at(-1) ?? "no output"})`;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Today's engine sends a project's options with each call, and the host of 3.68.0 takes them as flags alone. Without its
 * flag it loads the TypeScript compiler for JavaScript programs too, which takes a third of a second of each run.
 */
function passOptionsAsFlags(bin: string): void {
  const host = path.join(bin, "pulumi-language-nodejs");
  fs.renameSync(host, path.join(bin, "nodejs-host"));
  const script = `#!/bin/sh
grep -Eqs '^ *typescript: *false *$' Pulumi.yaml && set -- -typescript=false "$@"
exec "$(dirname "$0")/nodejs-host" "$@"
`;
  fs.writeFileSync(host, script, { mode: 0o755 });
}

/** The plugin that runs dynamic providers comes with the SDK; beside the engine it is found without a warning. */
function copyDynamicProviderPlugin(bin: string): void {
  const name = "pulumi-resource-pulumi-nodejs";
  const plugin = path.join(path.dirname(require.resolve("@pulumi/pulumi/package.json")), name);
  fs.copyFileSync(plugin, path.join(bin, name));
  fs.chmodSync(path.join(bin, name), 0o755);
}

function configFolder(env: NodeJS.ProcessEnv): string {
  const home = env["HOME"] ?? os.homedir();
  return process.platform === "darwin"
    ? path.join(home, "Library", "Application Support")
    : env["XDG_CONFIG_HOME"] || path.join(home, ".config");
}
