import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { profileOf, SANDBOX_KEY } from "mailmodo-sandbox";
import { recover } from "../../provider/commands/recover/recover";
import type { Recovery } from "../../provider/commands/recover/recoverOptions";
import { run, type Run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { journalOf } from "../support/journalOf";
import { pluginsOf } from "../support/pluginsOf";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { useProject, writtenFiles, type Project } from "../support/project";

const PROGRAM = `
  for (let i = 0; i < 8; i++) {
    new JourneyEnrollment("qa" + i, { journeyId, email: pulumi.secret(stackAddress("ada.secret" + i + "@seeds.example.com")) });
  }
`;

const statusesOf = ({ sandbox }: Project) => sandbox.store.all().map(({ status }) => status);

/** Runs an up until Mailmodo has the first start, and nobody has an answer yet. */
async function untilFirstStart(project: Project) {
  project.sandbox.faults.add({ kind: "delay", delayMs: 50 });
  const asked = once(project.sandbox.app.server, "request");
  const cli = project.start({}, ...UP);
  const ended = once(cli, "exit");
  await asked;
  return { cli, ended };
}

async function killCli(project: Project): Promise<void> {
  const { cli, ended } = await untilFirstStart(project);
  cli.kill("SIGKILL");
  await ended;
}

// One story, in order.
describe("pulumi-mailmodo recover, after a kill of the CLI", () => {
  const project = useProject(PROGRAM, {}, "suite");
  let first: Run;
  before(async () => {
    await killCli(project());
    first = await recoverByCli(project());
  });

  it("succeeds, and says what to do next", () => {
    assert.equal(first.code, 0, first.output);
    assert.match(first.output, /The stack test is recovered\. Next: pulumi up, or pulumi destroy\.\n$/);
  });

  it("frees the lock", () => assert.match(first.output, /Freed the lock of a run that has ended \(pid \d+\)\./));

  it("aborts what was started", () => {
    assert.match(first.output, /Aborted journey \S+ for a\*\*\*@seeds\.example\.com\./);
    const statuses = statusesOf(project());
    assert.ok(statuses.length > 0 && statuses.every((status) => status === "aborted"));
  });

  it("clears the state", () => assert.match(first.output, /Cleared \d+ pending operations/));

  it("leaves no plugin running", () => assert.deepEqual(pluginsOf(project()), []));

  it("names no secret in what it prints", () => assert.ok(!first.output.includes("ada.secret")));

  it("leaves no secret in a file", () => {
    // The program names the secret for this test; nothing that was written for it does.
    for (const file of writtenFiles(path.join(project().dir, ".."))) {
      assert.ok(!/ada\.secret|TESTKEY/.test(fs.readFileSync(file, "utf8")), file);
    }
  });

  it("does nothing the second time", async () => {
    const second = await recoverByCli(project());
    assert.deepEqual([second.code, second.output], [0, "Nothing to recover in the stack test.\n"]);
  });

  it("leaves a stack to which up and destroy are as usual", async () => {
    const { output } = await project().succeed(...UP);
    assert.doesNotMatch(output, /pending|interrupted/i);
    await project().succeed(...DESTROY);
  });
});

describe("pulumi-mailmodo recover, after a kill", () => {
  let wait: (ms: number) => Promise<void>;
  let release = () => {};
  beforeEach(() => (wait = setTimeout));
  const project = useProject(PROGRAM, { sleep: (ms) => wait(ms) });
  const statuses = () => statusesOf(project());
  const plugins = () => pluginsOf(project());

  it("finds a plugin that lost its engine idle: it sends nothing more, and ends", async () => {
    // So that the CLI is gone long before the last start, also on a busy machine.
    await project().succeed("config", "set", "mailmodo:requestsPerSecond", "1");
    await killCli(project());
    const asked = () => project().sandbox.store.requests().length;
    // What was on its way arrives; nothing follows it.
    const result = await recover({ stack: "test", cwd: project().dir, env: project().env, log: () => undefined });
    assert.deepEqual(plugins(), []);
    const starts = project()
      .sandbox.store.requests()
      .filter(({ path }) => path.startsWith("/hooks/start/"));
    assert.ok(starts.length < 8, `${starts.length} of 8 starts`);
    assert.ok(result.aborted >= starts.length);
    const after = asked();
    await recover({ stack: "test", cwd: project().dir, env: project().env, log: () => undefined });
    assert.equal(asked(), after);
  });

  it("finds a start whose plugin was killed, of which the engine knows nothing; its note names no address", async () => {
    const { ended } = await untilFirstStart(project());
    for (const pid of plugins()) process.kill(pid, "SIGKILL");
    await ended;
    const folder = journalOf(project().env);
    const notes = fs.readdirSync(folder).map((name) => name + fs.readFileSync(path.join(folder, name), "utf8"));
    assert.ok(notes.length > 0);
    for (const note of notes) assert.doesNotMatch(note, /ada\.secret|seeds\.example|TESTKEY/);

    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.ok(statuses().every((status) => status === "aborted"));
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("prints the result as JSON, and everything else to stderr", async () => {
    await killCli(project());
    const { code, stdout, stderr } = await recoverByCli(project(), "--json");
    assert.equal(code, 0, stderr);
    const { aborted, cleared, ...others } = JSON.parse(stdout) as Recovery;
    assert.ok(aborted > 0 && cleared > 0, stdout);
    assert.deepEqual(others, { archived: 0, contactsLeft: 0, ended: 0, lockFreed: true, problems: [] });
    assert.match(stderr, /^Freed the lock of a run that has ended/m);
    assert.doesNotMatch(stderr, /is recovered/);
    const again = await recoverByCli(project(), "--json");
    assert.equal((JSON.parse(again.stdout) as Recovery).aborted, 0);
    assert.equal(again.stderr, "");
  });

  it("is not needed by the next up on the same machine: it aborts what was lost before it starts", async () => {
    project().sandbox.useProfile(profileOf(["duplicate-accepted"]));
    const { ended } = await untilFirstStart(project());
    for (const pid of plugins()) process.kill(pid, "SIGKILL");
    await ended;
    project().sandbox.faults.clear();
    await project().succeed(...UP);
    const instances = project().sandbox.store.all();
    assert.equal(project().sandbox.running().length, 8);
    assert.deepEqual(
      instances.filter(({ doubled }) => doubled),
      [],
    );
  });

  it("leaves a run that is in progress alone, and says whose lock it is", async () => {
    await project().succeed("config", "set", "mailmodo:requestTimeoutSeconds", "20");
    const answers = new Promise<void>((resolve) => (release = resolve));
    wait = () => answers;
    const { ended } = await untilFirstStart(project());
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 1);
    assert.match(
      output,
      /^The stack test is locked by \S+@\S+ \(pid \d+\), which is still running\. .* free the lock: pulumi cancel --stack test\. Then recover again\.\n$/,
    );
    release();
    await ended;
    assert.equal(project().sandbox.running().length, 8);
  });

  it("leaves the lock of another machine alone, and says whose it is", async () => {
    await killCli(project());
    const locks = path.join(project().dir, "../state/.pulumi/locks");
    const [lock] = fs
      .readdirSync(locks, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"));
    const file = path.join(locks, lock!);
    const content = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, content.replace(/"hostname":"[^"]*"/, '"hostname":"runner-7"'));
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 1);
    assert.match(output, /is locked by \S+@runner-7 \(pid \d+\), on another machine\./);
    fs.writeFileSync(file, content);
    assert.equal((await recoverByCli(project())).code, 0);
    assert.ok(statuses().every((status) => status === "aborted"));
  });

  it("keeps what it cannot abort for the next time, and says why in one line each", async () => {
    await killCli(project());
    project().env["MAILMODO_API_KEY"] = "TESTKEY-0000000-0000000-0000009";
    const { code, stderr } = await recoverByCli(project());
    assert.equal(code, 1);
    const lines = stderr.trim().split("\n");
    assert.match(
      lines[0] ?? "",
      /^\d+ unsettled calls? cannot be read: damaged, or sealed with another API key\. Put the key that was used at that time into MAILMODO_API_KEY/,
    );
    assert.ok(lines.length > 1);
    for (const line of lines.slice(1)) {
      assert.match(
        line,
        /^Could not abort journey \S+ for .+: Mailmodo refused the API key \(400\): "Invalid mmApiKey"\.$/,
      );
    }
    project().env["MAILMODO_API_KEY"] = SANDBOX_KEY;
    const again = await recoverByCli(project());
    assert.equal(again.code, 0, again.output);
    assert.ok(statuses().every((status) => status === "aborted"));
  });
});

describe("pulumi-mailmodo recover, misused", () => {
  const project = useProject("", {}, "suite");
  const cli = (env: Record<string, string>, ...args: string[]) =>
    run(process.execPath, [COMMAND, "recover", ...args], project().dir, { ...project().env, ...env });

  const table: [what: string, env: Record<string, string>, args: string[], says: RegExp, exitCode?: number][] = [
    ["no stack", {}, [], /required option '--stack <name>' not specified/, 2],
    [
      "an unknown stack",
      {},
      ["--stack", "nope"],
      /^Could not read the state of the stack nope: no stack named 'nope' found\. If it was renamed, give its name of today: pulumi stack ls lists/,
    ],
    ["a folder that is none", {}, ["--stack", "test", "--cwd", "nowhere"], /The folder nowhere does not exist/],
    ["no CLI", { PATH: "/nonexistent" }, ["--stack", "test"], /The Pulumi CLI \(pulumi\) is not on PATH\. Install it/],
    ["no key", { MAILMODO_API_KEY: "" }, ["--stack", "test"], /Missing mailmodo:apiKey/],
  ];
  for (const [what, env, args, says, exitCode = 1] of table) {
    it(`says in one line what is wrong with ${what}`, async () => {
      const { code, output } = await cli(env, ...args);
      assert.equal(code, exitCode);
      assert.match(output, says);
      assert.equal(output.trim().split("\n").length, 1, output);
    });
  }
});
