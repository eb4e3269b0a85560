import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { createSandbox, SANDBOX_KEY } from "mailmodo-sandbox";
import { run, type Run, type Workbench } from "../workbench";
import type { Consumer, Program } from "./consumers";
import { install } from "./packageManagers";
import { resultOf, type Result, type Tried } from "./results";
import { assertNoWarning, assertSuccess, succeed, withUserBench } from "./shell";
import { assertInstalled, type Tarball } from "./tarball";

/** Installs the tarball in a blank project; checks the types of each program there, and runs its up and destroy. */
export async function tryConsumer(consumer: Consumer, tarball: Tarball): Promise<Result[]> {
  return withUserBench(consumer.files, [], async (bench) => {
    const folder = path.join(bench.dir, consumer.folder ?? ".");
    let installed: Promise<void> | undefined;
    const results: Result[] = [];
    for (const program of consumer.programs) {
      const result = await resultOf(program.name, async () => {
        await (installed ??= installPackage(consumer, folder, bench, tarball));
        return { sdk: consumer.sdk, ...(await tryProgram(program, folder, commandOf(consumer, bench), bench)) };
      });
      results.push(result);
    }
    return results;
  });
}

async function installPackage(consumer: Consumer, folder: string, bench: Workbench, tarball: Tarball): Promise<void> {
  const output = await install(consumer.manager, bench.dir, bench.env);
  if (consumer.manager === "npm") assertNoWarning(output);
  assertInstalled(tarball, path.join(bench.dir, consumer.installedIn ?? ".", "node_modules/pulumi-mailmodo"));
  const sdk = await succeed("node", ["-p", "require('@pulumi/pulumi/package.json').version"], folder, bench.env);
  assert.equal(sdk.trim(), consumer.sdk, "the SDK that the program uses");
}

/** The package's own command, where the package manager put it. */
function commandOf({ installedIn = "." }: Consumer, bench: Workbench): string {
  return path.join(bench.dir, installedIn, "node_modules/.bin/pulumi-mailmodo");
}

async function tryProgram(program: Program, folder: string, command: string, bench: Workbench): Promise<Tried> {
  for (const [file, text] of Object.entries(program.files)) fs.writeFileSync(path.join(folder, file), text);
  if ("tsconfig.json" in program.files) {
    await succeed(path.join(folder, "node_modules/.bin/tsc"), ["--noEmit"], folder, bench.env);
  }
  const sandbox = createSandbox();
  try {
    const settings = JSON.stringify({
      config: {
        "mailmodo:baseUrl": await sandbox.listen(),
        "mailmodo:allowedRecipients": ["*@seeds.example.com"],
        // The machine may be busy with another consumer.
        "mailmodo:requestTimeoutSeconds": "20",
      },
    });
    bench.env["MAILMODO_API_KEY"] = SANDBOX_KEY;
    const { up, destroy, doctor } = await (program.asPreview ? previewOf : stackOf)(folder, settings, bench);
    const statuses = () => sandbox.store.all().map(({ status }) => status);

    const started = await timed(up());
    if (program.limit !== undefined) {
      assert.match(started.output, program.limit.says, `It works now, or fails otherwise:\n${started.output}`);
      assert.deepEqual(statuses(), [], started.output);
      assert.match((await doctor(command)).output, /^failure +package /m);
      return { limit: program.limit.line };
    }
    assertSuccess(started, "up");
    assert.deepEqual(statuses(), ["running"], started.output);
    if (program.asPreview) await assertShown(folder, bench);
    assertSuccess(await doctor(command), "doctor");
    const ended = await timed(destroy());
    assertSuccess(ended, "destroy");
    assert.deepEqual(statuses(), ["aborted"], ended.output);
    return { upMs: started.tookMs, destroyMs: ended.tookMs };
  } finally {
    await sandbox.app.close();
  }
}

interface Stack {
  readonly up: () => Promise<Run>;
  readonly destroy: () => Promise<Run>;
  /** @param command The path of the package's own command. */
  readonly doctor: (command: string) => Promise<Run>;
}

async function stackOf(folder: string, settings: string, bench: Workbench): Promise<Stack> {
  const pulumi = (...args: string[]) => bench.pulumi("--cwd", folder, ...args);
  fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), settings);
  assertSuccess(await pulumi("stack", "select", "--create", "dev"), "pulumi stack select");
  return {
    up: () => pulumi("up", "--yes", "--skip-preview"),
    destroy: () => pulumi("destroy", "--yes", "--skip-preview"),
    doctor: (command) => run(command, ["doctor"], folder, bench.env),
  };
}

/** By the package's own command, which uses the SDK's Automation API. */
async function previewOf(folder: string, settings: string, bench: Workbench): Promise<Stack> {
  fs.writeFileSync(path.join(folder, "Pulumi.preview.yaml"), settings);
  const command = commandIn(folder);
  await checkProbe(command, folder, bench);
  const previews = (what: string) => run(command, ["previews", what, "--name", "pr-1"], folder, bench.env);
  return {
    up: () => previews("up"),
    destroy: () => previews("down"),
    doctor: () =>
      run(command, ["doctor", "--stack", "pr-1", "--config-file", "Pulumi.preview.yaml"], folder, bench.env),
  };
}

/** What is enrolled, as the package's own command shows it. */
async function assertShown(folder: string, bench: Workbench): Promise<void> {
  const shown = await succeed(commandIn(folder), ["status"], folder, bench.env);
  assert.match(shown, /^ {4}q\*\*\*@seeds\.example\.com {2}started .* qa$/m);
}

function commandIn(folder: string): string {
  return path.join(folder, "node_modules/.bin/pulumi-mailmodo");
}

/** The command loads, and refuses an address outside the list before it sends anything. */
async function checkProbe(command: string, folder: string, bench: Workbench): Promise<void> {
  await succeed(command, ["probe", "--help"], folder, bench.env);
  const target = ["--journey", "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5", "--email", "qa@other.example.com"];
  const args = ["probe", "--yes", ...target, "--allow", "*@seeds.example.com"];
  const { code, output } = await run(command, args, folder, bench.env);
  assert.equal(code, 2, output);
  assert.match(output, /^The address of --email is outside --allow\./);
}

async function timed(running: Promise<Run>): Promise<Run & { tookMs: number }> {
  const started = performance.now();
  return { ...(await running), tookMs: performance.now() - started };
}
