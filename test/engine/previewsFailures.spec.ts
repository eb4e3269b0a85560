import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { journeyId } from "../support/journeyId";
import { privateFolders, useFolderBackend, useRunners } from "../support/previews";
import { useSandbox } from "../support/sandbox";

interface State {
  readonly checkpoint: { readonly latest: { readonly resources: Shard[]; pending_operations?: object[] } };
}

interface Shard {
  readonly inputs?: { readonly contacts?: string };
}

describe("pulumi-mailmodo previews, where something goes wrong", () => {
  let wait: (ms: number) => Promise<void>;
  let release = () => {};
  beforeEach(() => (wait = setTimeout));
  const sandbox = useSandbox({ sleep: (ms) => wait(ms) });
  const backend = useFolderBackend();
  afterEach(() => release());
  const newRunner = useRunners(sandbox, backend);
  const running = () => sandbox().running();
  /** The next start reaches Mailmodo and is never answered, until `release`. */
  function hang(): Promise<unknown> {
    wait = () => new Promise((resolve) => (release = resolve));
    sandbox().faults.add({ kind: "delay", delayMs: 1, count: 1 });
    return once(sandbox().app.server, "request");
  }

  it("takes down a preview whose start is unconfirmed, by address", async () => {
    const runner = await newRunner();
    sandbox().faults.add({ kind: "reset-after", count: 1 });
    const up = await runner.previews("up", "--name", "pr-1");
    assert.equal(up.code, 1);
    assert.match(up.stderr, /^The up of pr-1 failed; the lines above say why\./);
    assert.match((await runner.succeed("list")).stdout, /│ pr-1 │ \S+ +│ in 3d +│ 1 +│ 1 +│ up failed/);
    assert.equal(running().length, 1);
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual(running(), []);
    assert.ok(sandbox().store.requests().at(-1)?.path.startsWith("/hooks/abort/"));
  });

  it("destroys nothing while only a pending update, which a destroy drops, tells of a start", async () => {
    const runner = await newRunner({
      program: `const { JourneyCohort } = require("pulumi-mailmodo");
        const email = stackAddress("qa@seeds.example.com"), shared = { journeyId: "${journeyId}", allowDuplicateEmail: true };
        new JourneyEnrollment("qa", { ...shared, email });
        new JourneyCohort("smoke", { ...shared, shards: 1, contacts: [{ email, data: { n: 1 } }] });`,
    });
    await runner.succeed("up", "--name", "pr-1");
    // As an engine leaves it that was killed while it started the contact again, on a machine that is gone.
    const file = path.join(backend().dir, ".pulumi/stacks/seeds/pr-1.json");
    const state = JSON.parse(fs.readFileSync(file, "utf8")) as State;
    const { latest } = state.checkpoint;
    const shard = latest.resources.find(({ inputs }) => inputs?.contacts !== undefined)!;
    const contacts = shard.inputs!.contacts!.replace('"n":1', '"n":2');
    assert.notEqual(contacts, shard.inputs!.contacts);
    latest.pending_operations = [{ type: "updating", resource: { ...shard, inputs: { ...shard.inputs, contacts } } }];
    fs.writeFileSync(file, JSON.stringify(state));

    const down = await runner.previews("down", "--name", "pr-1");
    assert.equal(down.code, 1, down.stdout);
    assert.match(down.stderr, /Do not run Pulumi before this is settled\. Check the journey in Mailmodo/);
    assert.equal(running().length, 2);
    assert.match(fs.readFileSync(file, "utf8"), /"pending_operations":\s*\[\s*\{/);
  });

  it("says that a program is not stable, and records it", async () => {
    const runner = await newRunner({
      program: `new JourneyEnrollment("qa", { journeyId: "${journeyId}", email: stackAddress("qa@seeds.example.com"), abortReason: String(process.pid) });`,
    });
    const up = await runner.previews("up", "--name", "pr-1");
    assert.equal(up.code, 1);
    assert.match(up.stderr, /pr-1 is up, but a second up would change it; the lines above say what\./);
    assert.match((await runner.succeed("list")).stdout, /│ dry run failed │/);
    await runner.succeed("down", "--name", "pr-1");
  });

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    it(`stops within GitHub's 7.5 s at ${signal}, with a start on its way, and is recovered by the next command`, async () => {
      const runner = await newRunner();
      const first = hang();
      const child = runner.startPreviews("up", "--name", "pr-1");
      const ended = once(child, "exit");
      await first;
      child.kill(signal);
      const outcome = await Promise.race([ended, setTimeout(7_500, "still there", { ref: false })]);
      assert.deepEqual(outcome, [exitCode, null]);
      release();
      sandbox().faults.clear();
      await runner.succeed("down", "--name", "pr-1");
      assert.deepEqual(running(), []);
      assert.deepEqual(backend().stacks(), []);
    });
  }

  it("waits for another machine's lock, unless an option says that its run is dead", async () => {
    const runner = await newRunner();
    const first = hang();
    const child = runner.startPreviews("up", "--name", "pr-1");
    const ended = once(child, "exit");
    await first;
    // A kill would leave the settings like that.
    const [folder = "", ...others] = privateFolders(runner);
    assert.deepEqual(others, []);
    const files = ["Pulumi.pr-1.yaml", "Pulumi.yaml"].map((name) => path.join(folder, name));
    assert.deepEqual(
      [folder, ...files].map((one) => fs.statSync(one).mode & 0o777),
      [0o700, 0o600, 0o600],
    );
    assert.equal(fs.existsSync(path.join(runner.dir, "Pulumi.pr-1.yaml")), false);

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
      assert.match(refused.stderr, /^The stack pr-1 is locked by \S+@gone-runner \(pid \d+\), on another machine\./);
    }
    const up = await next.succeed("up", "--name", "pr-1", "--lock-dead-after", "0m");
    assert.match(up.stdout, /pr-1: Freed the lock of a run that has ended/);
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
});
