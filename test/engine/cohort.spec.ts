import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import { setTimeout } from "node:timers/promises";
import { journalOf } from "../support/journalOf";
import { pluginsOf } from "../support/pluginsOf";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";
import { useProject } from "../support/project";

/** Contacts by a list of numbers in the environment; the values of `CHANGED` are others. */
const PROGRAM = `
const numbers = JSON.parse(process.env.NUMBERS);
const changed = JSON.parse(process.env.CHANGED ?? "[]");
const cohort = new JourneyCohort("smoke", {
  journeyId,
  contacts: numbers.map((n) => ({
    email: process.env.SECRET ? pulumi.secret("ada.secret" + n + "@seeds.example.com") : "qa" + n + "@seeds.example.com",
    data: { firstName: "Ada", seats: changed.includes(n) ? 1000 + n : n },
  })),
  shards: Number(process.env.SHARDS ?? 8),
});
exports.size = cohort.size;
exports.instances = cohort.instances;
`;

const upTo = (count: number) => JSON.stringify(Array.from({ length: count }, (_, nth) => nth));

interface Resource {
  type: string;
  urn: string;
  modified?: string;
  outputs?: Record<string, unknown>;
}

describe("a cohort through the real engine", () => {
  const project = useProject(PROGRAM);
  const store = () => project().sandbox.store;
  const running = () =>
    project()
      .sandbox.runningInstances()
      .map(({ email, instanceId }) => [email, instanceId] as [string, string]);
  const outputs = async () =>
    JSON.parse((await project().succeed("stack", "output", "--json", "--show-secrets")).stdout) as {
      size: number;
      instances: Record<string, string>;
    };
  const state = async () => (await project().succeed("stack", "export")).stdout;
  const shards = async () =>
    (JSON.parse(await state()) as { deployment: { resources: Resource[] } }).deployment.resources.filter(({ type }) =>
      type.endsWith(":CohortShard"),
    );
  const upWith = (env: Record<string, string>) => project().pulumiWith(env, ...UP);
  const nobodyTwice = () =>
    assert.ok(
      store()
        .all()
        .every(({ doubled }) => !doubled),
      "nobody is mailed twice",
    );

  it("enrolls, changes nothing, grows, shrinks, touches the shards of what changed alone, and aborts all", async () => {
    const first = await upWith({ NUMBERS: upTo(40) });
    assert.equal(first.code, 0, first.output);
    assert.equal(running().length, 40);
    const made = await shards();
    assert.ok(made.length <= 8);
    assert.deepEqual(await outputs(), { size: 40, instances: Object.fromEntries(running()) });
    const bytes = Buffer.byteLength(await state());
    project().requests();

    const again = await project().pulumiWith({ NUMBERS: upTo(40) }, ...UP, "--expect-no-changes");
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(project().requests(), []);

    // One more, one less, and one with other values; the order of the list is of no account.
    const numbers = [...Array.from({ length: 40 }, (_, nth) => nth).filter((n) => n !== 7), 40].reverse();
    const before = new Map(running());
    const third = await upWith({ NUMBERS: JSON.stringify(numbers), CHANGED: "[3]" });
    assert.equal(third.code, 0, third.output);
    assert.deepEqual(
      project()
        .requests()
        .map(([call]) => call)
        .sort(),
      ["abort", "abort", "start", "start"],
    );
    const touched = (await shards()).filter(
      ({ urn, modified }) => modified !== made.find((one) => one.urn === urn)?.modified,
    );
    assert.ok(touched.length >= 1 && touched.length <= 3, `${touched.length} shards`);
    const same = running().filter(([email, instanceId]) => before.get(email) === instanceId);
    assert.equal(same.length, 38);
    assert.equal((await outputs()).instances["qa7@seeds.example.com"], undefined);

    const refused = await project().pulumiWith({ NUMBERS: upTo(40), SHARDS: "9" }, "preview");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /fixed for its life: it was created with 8 and cannot have 9/);

    await project().succeed(...DESTROY);
    assert.equal(running().length, 0);
    nobodyTwice();
    assert.ok(bytes / 40 < 2_600, `${bytes}`);
  });

  it("makes no resource for an empty shard, and removes one whose last contact is gone", async () => {
    await upWith({ NUMBERS: upTo(2), SHARDS: "64" });
    assert.equal((await shards()).length, 2);
    assert.equal((await upWith({ NUMBERS: "[1]", SHARDS: "64" })).code, 0);
    assert.equal((await shards()).length, 1);
    assert.deepEqual(
      running().map(([email]) => email),
      ["qa1@seeds.example.com"],
    );
  });

  it("keeps the state at 600 bytes for a contact", async () => {
    await upWith({ NUMBERS: upTo(100) });
    const hundred = Buffer.byteLength(await state());
    await upWith({ NUMBERS: upTo(600) });
    const perContact = (Buffer.byteLength(await state()) - hundred) / 500;
    assert.ok(perContact <= 600, `${perContact}`);
  });

  it("records what is true of each contact when some fail, fails the run in one line, and mends only what is missing", async () => {
    project().sandbox.faults.add({ kind: "reset-after", on: "start", email: "qa3@seeds.example.com", count: 1 });
    project().sandbox.faults.add({
      kind: "502-html",
      takesEffect: false,
      on: "start",
      email: "qa9@seeds.example.com",
      count: 1,
    });
    const failed = await upWith({ NUMBERS: upTo(20), SHARDS: "1" });
    assert.notEqual(failed.code, 0);
    assert.match(
      failed.output,
      /Cohort smoke, shard 0: 2 of 20 contacts failed\. Number 4: Could not start journey .* Number 10: Could not start journey .* the next pulumi up handles only the rest\./,
    );
    assert.match(failed.output, /recorded as unconfirmed \(2\) are not resent/);
    assert.doesNotMatch(failed.output, /^\s+at .*:\d+/m);
    project().requests();
    const mended = await upWith({ NUMBERS: upTo(20), SHARDS: "1" });
    assert.equal(mended.code, 0, mended.output);
    assert.deepEqual(
      project()
        .requests()
        .map(([call]) => call)
        .sort(),
      ["abort", "abort", "start", "start"],
    );
    assert.equal(running().length, 20);
    nobodyTwice();
    assert.equal(Object.keys((await outputs()).instances).length, 20);
  });

  for (const victim of ["cli", "plugin"] as const) {
    it(`loses nothing when the ${victim} is killed while a shard changes: recover finds it, up goes on`, async () => {
      assert.equal((await upWith({ NUMBERS: upTo(20), SHARDS: "2", SECRET: "1" })).code, 0);
      project().sandbox.faults.add({ kind: "delay", delayMs: 30 });
      const env = { NUMBERS: upTo(30), CHANGED: "[0,1,2,3,4]", SHARDS: "2", SECRET: "1" };
      const reached = requestNumber(project(), 8);
      const cli = project().start(env, ...UP);
      const ended = once(cli, "exit");
      await reached;
      const plugins = pluginsOf(project());
      if (victim === "cli") cli.kill("SIGKILL");
      else for (const pid of plugins) process.kill(pid, "SIGKILL");
      await ended;
      project().sandbox.faults.clear();

      const recovered = await recoverByCli(project());
      assert.equal(recovered.code, 0, recovered.output);
      assert.ok(!recovered.output.includes("ada.secret"));
      assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
      assert.ok(!(await state()).includes("ada.secret"), "what was written to the state is encrypted again");
      const next = await upWith(env);
      assert.equal(next.code, 0, next.output);
      assert.deepEqual((await outputs()).instances, Object.fromEntries(running()));
      assert.equal(running().length, 30);
      nobodyTwice();
      await project().succeed(...DESTROY);
      assert.equal(running().length, 0);
    });
  }

  it("stops at once when it is interrupted, however slow the pace, records what is true, and then says how far it is", async () => {
    await project().succeed("config", "set", "mailmodo:requestsPerSecond", "2");
    const reached = requestNumber(project(), 4);
    const cli = project().start({ NUMBERS: upTo(60), SHARDS: "4" }, ...UP);
    const ended = once(cli, "exit");
    await reached;
    // As Ctrl-C in a terminal, which reaches all of them.
    for (const pid of pluginsOf(project())) process.kill(pid, "SIGINT");
    cli.kill("SIGINT");
    await ended;
    assert.ok(running().length < 10, `${running().length} of 60 were started`);
    assert.deepEqual((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
    // Slow enough for a line of progress, which comes every five seconds.
    await project().succeed("config", "set", "mailmodo:requestsPerSecond", "8");
    const next = await upWith({ NUMBERS: upTo(60), SHARDS: "4" });
    assert.equal(next.code, 0, next.output);
    assert.match(next.output, /smoke: \d+ of \d+ started, [\d.]+\/s, [\d,]+ s left/);
    assert.equal(running().length, 60);
    nobodyTwice();
  });

  it("goes on after a destroy that failed half-way, by an up and by recover: what does not run any more is started again, once", async () => {
    const settings = { NUMBERS: upTo(6), SHARDS: "1" };
    const destroyHalfWay = async () => {
      project().sandbox.faults.add({ kind: "reset-after", on: "abort", email: "qa3@seeds.example.com" });
      const failed = await project().pulumi(...DESTROY);
      assert.notEqual(failed.code, 0);
      assert.match(failed.output, /shard 0: 1 of 6 contacts failed\. .* The shard stays in the state: run it again\./);
      assert.deepEqual(running(), []);
      project().sandbox.faults.clear();
    };
    const goesOn = async () => {
      const next = await upWith(settings);
      assert.equal(next.code, 0, next.output);
      assert.equal(running().length, 6);
      assert.deepEqual((await outputs()).instances, Object.fromEntries(running()));
      nobodyTwice();
    };
    assert.equal((await upWith(settings)).code, 0);

    await destroyHalfWay();
    await goesOn();
    assert.equal((await upWith(settings)).code, 0);
    assert.equal(store().all().length, 12);

    await destroyHalfWay();
    const recovered = await recoverByCli(project());
    assert.match(recovered.output, /removed 6 ended enrollments from the state\.\nThe stack test is recovered\./);
    await goesOn();
    assert.equal((await upWith(settings)).code, 0);
    assert.equal(store().all().length, 18);

    await project().succeed(...DESTROY);
    assert.equal(running().length, 0);
    assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
  });

  it("finds what a kill left on another machine too: the state alone shows it", async () => {
    assert.equal((await upWith({ NUMBERS: upTo(10), SHARDS: "1" })).code, 0);
    const asked = once(project().sandbox.app.server, "request");
    project().sandbox.faults.add({ kind: "delay", delayMs: 200 });
    const cli = project().start({ NUMBERS: upTo(14), CHANGED: "[2]", SHARDS: "1" }, ...UP);
    const ended = once(cli, "exit");
    await asked;
    cli.kill("SIGKILL");
    await ended;
    project().sandbox.faults.clear();
    // The plugin has ended, and its notes are not there.
    while (pluginsOf(project()).length > 0) await setTimeout(50);
    fs.rmSync(journalOf(project().env), { recursive: true });
    project().requests();
    const recovered = await recoverByCli(project());
    assert.equal(recovered.code, 0, recovered.output);
    assert.match(recovered.output, /Cleared 1 pending operation and removed 1 ended enrollment from the state\./);
    assert.equal(project().requests().length, 5, "the four new ones and the changed one, by address");
    assert.equal(running().length, 9);
    assert.equal((await upWith({ NUMBERS: upTo(14), CHANGED: "[2]", SHARDS: "1" })).code, 0);
    assert.equal(running().length, 14);
    nobodyTwice();
  });
});
