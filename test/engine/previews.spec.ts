import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { aMinuteLater } from "../support/aMinuteLater";
import { writtenFiles } from "../support/project";
import { createRunner, useFolderBackend, type Runner, type RunnerOptions } from "../support/previews";
import { useSandbox } from "../support/sandbox";

describe("pulumi-mailmodo previews", () => {
  let wait: (ms: number) => Promise<void>;
  let release = () => {};
  beforeEach(() => (wait = setTimeout));
  const sandbox = useSandbox({ sleep: (ms) => wait(ms) });
  const backend = useFolderBackend();
  const runners: Runner[] = [];
  afterEach(() => {
    release();
    for (const runner of runners.splice(0)) runner.dispose();
  });
  async function newRunner(options: Partial<RunnerOptions> = {}): Promise<Runner> {
    const runner = await createRunner(sandbox(), { env: backend().env, ...options });
    runners.push(runner);
    return runner;
  }
  const running = () => sandbox().running();
  const asked = () => sandbox().store.requests().length;
  /** The next start reaches Mailmodo and is never answered, until `release`. */
  function hang(): Promise<unknown> {
    wait = () => new Promise((resolve) => (release = resolve));
    sandbox().faults.add({ kind: "delay", delayMs: 1, count: 1 });
    return once(sandbox().app.server, "request");
  }

  it("brings a preview up, finds nothing to change the second time, lists it, takes it down, and leaves nothing", async () => {
    const runner = await newRunner();
    const summary = path.join(runner.dir, "summary.md");
    const up = await runner.succeed("up", "--name", "pr-42", "--sha", "0123456789abcdef", "--ttl", "48h");
    assert.match(up.stdout, /pr-42: a new stack\n/);
    assert.match(up.stdout, /Preview pr-42 is up\n/);
    assert.deepEqual(running(), ["qa+seeds.pr-42@seeds.example.com"]);
    assert.equal(asked(), 1);

    const again = JSON.parse((await runner.succeed("up", "--name", "pr-42", "--json")).stdout) as Record<
      string,
      unknown
    >;
    assert.equal(asked(), 1);
    assert.deepEqual([again["contacts"], again["unconfirmed"], again["result"]], [1, 0, "up succeeded"]);
    const list = await runner.succeed("list", "--summary", summary);
    assert.match(list.stdout, /│ pr-42 │ \S+ +│ in 3d +│ 1 +│ 0 +│ up succeeded │ 01234567 │/);
    assert.match(fs.readFileSync(summary, "utf8"), /### Previews: 1\n\n\| name \| .*\n\| --- \| .*\n\| pr-42 \| /);

    // The job's machine is gone: another one has the backend only.
    const other = await newRunner();
    const down = await other.succeed("down", "--name", "pr-42", "--summary", summary);
    assert.match(down.stdout, /Preview pr-42 is taken down\n$/);
    assert.deepEqual(running(), []);
    assert.match(fs.readFileSync(summary, "utf8"), /### Preview pr-42 is taken down\n\n$/);
    assert.match(
      (await other.succeed("down", "--name", "pr-42")).stdout,
      /Preview pr-42 has no stack: nothing to take down\n$/,
    );
    assert.match((await other.succeed("list")).stdout, /No previews\n$/);
    assert.deepEqual(await stackFiles(), []);
    assert.deepEqual(
      fs.readdirSync(other.dir).filter((name) => name.startsWith("Pulumi.")),
      ["Pulumi.preview.yaml", "Pulumi.yaml"],
    );
  });

  /** What the backend has of stacks, but for the copies that the CLI itself keeps. */
  const stackFiles = async () =>
    writtenFiles(backend().dir)
      .map((file) => path.relative(backend().dir, file))
      .filter((file) => !/meta\.yaml|\.bak|backups/.test(file));

  it("sweeps what is expired or closed, of two that came up at once, and touches nothing without the mark", async () => {
    const [one, two] = [await newRunner(), await newRunner()];
    const foreign = await newRunner({ project: "other" });
    await Promise.all([one.succeed("up", "--name", "pr-1"), two.succeed("up", "--name", "pr-2")]);
    // A stack of another tool's, whose name looks like a preview's, and one of another project.
    await one.pulumi("stack", "init", "pr-3", "--no-select");
    fs.rmSync(path.join(one.dir, "Pulumi.pr-3.yaml"));
    await foreign.succeed("up", "--name", "pr-2");
    assert.equal(running().length, 3);

    const dry = await one.succeed("sweep", "--open", "pr-1", "--dry-run");
    assert.match(dry.stdout, /Previews: 1 would be taken down\n[^]*│ pr-2 │ not open │ would be taken down │/);
    assert.match((await one.succeed("sweep")).stdout, /No preview is to be taken down\n$/);
    assert.equal(running().length, 3);

    await one.pulumi("stack", "tag", "set", "mailmodo:expires", "2020-01-01T00:00:00.000Z", "--stack", "pr-1");
    fs.writeFileSync(path.join(one.dir, "open"), "pr-1\npr-7\n");
    const swept = await one.succeed("sweep", "--open-file", "open");
    assert.match(swept.stdout, /│ pr-1 │ expired  │ taken down │[^]*│ pr-2 │ not open │ taken down │/);
    assert.deepEqual(running(), ["qa+other.pr-2@seeds.example.com"]);

    for (const args of [["down"], ["up"]]) {
      const refused = await one.previews(...args, "--name", "pr-3");
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /^The stack pr-3 is no preview: it has no tag mailmodo:preview, so it is not touched\./,
      );
    }
    assert.match((await one.pulumi("stack", "ls")).stdout, /^pr-3 /m);
    await foreign.succeed("down", "--name", "pr-2");
  });

  it("goes on past a preview that it cannot take down, keeps its stack, and ends with 1", async () => {
    const runner = await newRunner();
    for (const name of ["pr-1", "pr-2"]) await runner.succeed("up", "--name", name);
    const lock = path.join(backend().dir, ".pulumi", "locks", "organization", "seeds", "pr-1", "held.json");
    const held = { pid: 1, username: "ci", hostname: "other-runner", timestamp: new Date().toISOString() };
    fs.writeFileSync(lock, JSON.stringify(held));
    const swept = await runner.previews("sweep", "--open", "", "--all", "--json");
    assert.equal(swept.code, 1);
    const [left, taken] = JSON.parse(swept.stdout) as { name: string; outcome: string; error?: string }[];
    assert.deepEqual([left?.outcome, taken?.outcome], ["left", "taken down"]);
    assert.match(left?.error ?? "", /^The stack pr-1 is locked by ci@other-runner \(pid 1\), another machine\./);
    assert.match(swept.stderr, /pr-1: not open; taking it down\n/);
    assert.deepEqual(running(), ["qa+seeds.pr-1@seeds.example.com"]);
    fs.rmSync(lock);

    const key = runner.env["MAILMODO_API_KEY"];
    runner.env["MAILMODO_API_KEY"] = "TESTKEY-1111111-1111111-1111111";
    const down = await runner.previews("down", "--name", "pr-1");
    assert.equal(down.code, 1);
    assert.match(down.stderr, /^pr-1 could not be taken down, and something may still run/);
    assert.match((await runner.succeed("list")).stdout, /│ pr-1 │ .* │ 1 +│ 0 +│ destroy failed │/);

    runner.env["MAILMODO_API_KEY"] = key;
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual(running(), []);
  });

  it("takes down a preview whose start is unconfirmed, by address", async () => {
    const runner = await newRunner();
    sandbox().faults.add({ kind: "reset-after", count: 1 });
    const up = await runner.previews("up", "--name", "pr-1");
    assert.equal(up.code, 1);
    assert.match(up.stderr, /^pr-1 did not come up; the lines above say why\./);
    assert.match((await runner.succeed("list")).stdout, /│ pr-1 │ \S+ +│ in 3d +│ 1 +│ 1 +│ up failed/);
    assert.equal(running().length, 1);
    await aMinuteLater(runner, "pr-1");
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual(running(), []);
    assert.ok(sandbox().store.requests().at(-1)?.path.startsWith("/hooks/abort/"));
  });

  it("says that a program is not stable, and records it", async () => {
    const runner = await newRunner({
      program: `new JourneyEnrollment("qa", { journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5", email: stackAddress("qa@seeds.example.com"), abortReason: String(process.pid) });`,
    });
    const up = await runner.previews("up", "--name", "pr-1");
    assert.equal(up.code, 1);
    assert.match(up.stderr, /pr-1 is up, but a second up would change it; the lines above say what\./);
    assert.match((await runner.succeed("list")).stdout, /│ second preview failed │/);
    await runner.succeed("down", "--name", "pr-1");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`stops within GitHub's 7.5 s at ${signal}, with a start on its way, and is recovered by the next command`, async () => {
      const runner = await newRunner();
      const first = hang();
      const child = runner.startPreviews("up", "--name", "pr-1");
      const ended = once(child, "exit");
      await first;
      child.kill(signal);
      const outcome = await Promise.race([ended, setTimeout(7_500, "still there", { ref: false })]);
      assert.deepEqual(outcome, [signal === "SIGINT" ? 130 : 143, null]);
      release();
      sandbox().faults.clear();
      await runner.succeed("down", "--name", "pr-1");
      assert.deepEqual(running(), []);
      assert.deepEqual(await stackFiles(), []);
    });
  }

  it("waits for another machine's lock, unless it is told that its run is dead", async () => {
    const runner = await newRunner();
    const first = hang();
    const child = runner.startPreviews("up", "--name", "pr-1");
    const ended = once(child, "exit");
    await first;
    const locks = path.join(backend().dir, ".pulumi", "locks", "organization", "seeds", "pr-1");
    const [lock = ""] = fs.readdirSync(locks).filter((name) => name.endsWith(".json"));
    const text = fs.readFileSync(path.join(locks, lock), "utf8");
    // The machine vanishes, and all that is on it.
    runner.dispose();
    child.kill("SIGKILL");
    await ended;
    release();
    const held = JSON.parse(text) as Record<string, unknown>;
    fs.writeFileSync(path.join(locks, lock), JSON.stringify({ ...held, hostname: "gone-runner" }));
    assert.equal(running().length, 1, "the start had reached Mailmodo");

    const next = await newRunner();
    for (const args of [["up"], ["down"]]) {
      const refused = await next.previews(...args, "--name", "pr-1");
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /^The stack pr-1 is locked by \S+@gone-runner \(pid \d+\), another machine\./);
    }
    const up = await next.succeed("up", "--name", "pr-1", "--lock-dead-after", "0m");
    assert.match(up.stdout, /pr-1: Freed the lock of a run that is over/);
    assert.match(up.stdout, /pr-1: Aborted journey \S+ for q\*\*\*@seeds\.example\.com\./);
    assert.equal(running().length, 1);
    assert.deepEqual(
      sandbox()
        .store.all()
        .filter(({ doubled }) => doubled),
      [],
    );
    await next.succeed("down", "--name", "pr-1");
    assert.deepEqual(running(), []);
  });

  it("mails nobody twice when the state was deleted, and takes the preview down once it is back", async () => {
    const runner = await newRunner();
    await runner.succeed("up", "--name", "pr-1");
    const stacks = path.join(backend().dir, ".pulumi", "stacks", "seeds");
    const state = fs.readFileSync(path.join(stacks, "pr-1.json"));
    fs.rmSync(path.join(stacks, "pr-1.json"));

    assert.match((await runner.succeed("down", "--name", "pr-1")).stdout, /has no stack/);
    const up = await runner.previews("up", "--name", "pr-1");
    assert.equal(up.code, 1);
    assert.match(up.stdout, /Mailmodo refused it/);
    assert.equal(running().length, 1);

    fs.writeFileSync(path.join(stacks, "pr-1.json"), state);
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual(running(), []);
  });

  it("refuses bad input in one line, before it asks the backend for anything", async () => {
    const runner = await newRunner({ env: { PULUMI_BACKEND_URL: "file:///nowhere/at/all" } });
    fs.writeFileSync(path.join(runner.dir, "empty"), "\n");
    const cases: [args: string[], words: RegExp][] = [
      [
        ["up", "--name", "organization/other/pr-1"],
        /Not the name of a preview: "organization\/other\/pr-1": it names a path/,
      ],
      [["up", "--name", "../pr-1"], /it names a path, or a stack of another project/],
      [["down", "--name", "-x"], /Not the name of a preview: "-x"/],
      [["up", "--name", "pr-1", "--ttl", "-1h"], /Not a time to live: "-1h"\. It is from 10m to 30d\./],
      [["sweep", "--open-file", "empty"], /--open-file empty names no preview, so all would be taken down\. .* --all/],
      [["sweep", "--open-file", "missing"], /Could not read the open previews: .*Nothing was taken down/],
      [["sweep", "--open", "pr-1,a/b"], /Not the name of a preview: "a\/b"/],
      [["sweep", "--open", "pr-1", "--open-file", "empty"], /Give --open or --open-file, not both/],
      [["list", "--cwd", "/"], /No Pulumi project in \/: there is no Pulumi\.yaml/],
      [["up"], /required option '--name <name>' not specified/],
    ];
    for (const [args, words] of cases) {
      const { code, stdout, stderr } = await runner.previews(...args);
      assert.equal(code, 1, args.join(" "));
      assert.equal(stdout, "", args.join(" "));
      assert.match(stderr, words);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
    const own = await newRunner();
    fs.writeFileSync(path.join(own.dir, "Pulumi.dev.yaml"), "config: {}\n");
    assert.match(
      (await own.previews("up", "--name", "dev")).stderr,
      /^dev is a stack of its own: Pulumi\.dev\.yaml is there\./,
    );
    assert.match(
      (await own.previews("up", "--name", "pr-1", "--settings", "x.yaml")).stderr,
      /^No settings for previews: x\.yaml/,
    );
    assert.equal(asked(), 0);
  });
});
