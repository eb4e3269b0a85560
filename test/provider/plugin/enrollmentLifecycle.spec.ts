import assert from "node:assert/strict";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { enrollmentOf } from "../../../provider/model/enrollment";
import { UNKNOWN, type RecordedInputs } from "../../../provider/model/inputs";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs } from "../../support/enrollmentInputs";
import { withEnvironment } from "../../support/environment";
import { useKilledPlugin } from "../../support/killedPlugin";
import { useSandbox } from "../../support/sandbox";
import { serve } from "../../support/server";

describe("the lifecycle of an enrollment, against the sandbox", () => {
  const sandbox = useSandbox();
  const leaveAsKilled = useKilledPlugin();
  beforeEach(() => configure(settings(sandbox().url)));

  const create = () => enrollmentLifecycle.create(inputs);
  const statuses = () =>
    sandbox()
      .store.all()
      .map(({ instanceId, status }) => [instanceId, status]);
  const last = () => sandbox().store.requests().at(-1);

  it("records no input that has its default, and sends the default all the same", async () => {
    const { journeyId, email, __provider } = inputs;
    const bare: RecordedInputs = { journeyId, email, data: {}, stack: "acme/seeds/dev", __provider };
    const defaults = { allowDuplicateEmail: false, abortReason: "Removed by Pulumi from seeds/dev" };
    for (const given of [bare, { ...bare, ...defaults }])
      assert.deepEqual(await enrollmentLifecycle.check(given, given), { inputs: bare, failures: [] });
    const { id, outs } = await enrollmentLifecycle.create(bare);
    const { instanceId, status, startedAt, ...recorded } = outs;
    assert.deepEqual([instanceId, status, typeof startedAt, recorded], [id, "started", "string", bare]);
    assert.deepEqual(last()?.body, { email, data: {}, allowDuplicateEmail: false });
    await enrollmentLifecycle.delete(id, outs);
    assert.equal(sandbox().store.all()[0]?.abortReason, defaults.abortReason);
  });

  it("sees no change between a state that records the defaults and one that does not", async () => {
    const { journeyId, email, __provider } = inputs;
    const bare: RecordedInputs = { journeyId, email, data: {}, stack: "acme/seeds/dev", __provider };
    const { id, outs } = await enrollmentLifecycle.create(bare);
    const full = { allowDuplicateEmail: false, abortReason: "Removed by Pulumi from seeds/dev" };
    for (const [olds, news] of [
      [outs, { ...bare, ...full }],
      [{ ...outs, ...full }, bare],
    ] as const)
      assert.equal((await enrollmentLifecycle.diff(id, olds, news)).changes, false);
    const renamed = { ...bare, stack: "acme/seeds/prod" };
    const { changes, replaces } = await enrollmentLifecycle.diff(id, outs, renamed);
    assert.deepEqual([changes, replaces], [true, []]);
    const updated = await enrollmentLifecycle.update(id, outs, renamed);
    await enrollmentLifecycle.delete(id, updated.outs);
    assert.equal(sandbox().store.all()[0]?.abortReason, "Removed by Pulumi from seeds/prod");
  });

  it("takes the ASCII form of an address's domain, once it is checked", async () => {
    const config = { "mailmodo:allowedRecipients": '["*@seeds.example.com", "*@bücher.example"]' };
    await configure(settings(sandbox().url, config));
    for (const [given, taken] of [
      ["Qa@BÜCHER.example", "Qa@xn--bcher-kva.example"],
      ["Qa@SEEDS.example.com", "Qa@seeds.example.com"],
      [UNKNOWN, UNKNOWN],
    ] as const) {
      const { inputs: checked, failures } = await enrollmentLifecycle.check(inputs, { ...inputs, email: given });
      assert.deepEqual([checked?.email, failures], [taken, []]);
    }
    const { failures } = await enrollmentLifecycle.check(inputs, { ...inputs, email: "qa@ſeeds.example.com" });
    assert.equal(failures?.length, 1);
  });

  it("checks without a request", async () => {
    await enrollmentLifecycle.check(inputs, inputs);
    assert.equal(sandbox().store.requests().length, 0);
  });

  it("names what is wrong with settings and inputs, without a property whose value the engine would print", async () => {
    await configure(settings("nowhere", { "mailmodo:allowedRecipients": undefined }));
    const { failures } = await enrollmentLifecycle.check(inputs, { ...inputs, journeyId: "x" });
    assert.deepEqual(
      failures?.map(({ property, reason }) => [property, reason.split(" ").slice(0, 2).join(" ")]),
      [
        ["", "mailmodo:baseUrl is"],
        ["", "Missing mailmodo:allowedRecipients:"],
        ["", "journeyId must"],
      ],
    );
  });

  it("creates by one start, and takes the instance id as the id", async () => {
    const { id, outs } = await create();
    const [instance, ...others] = sandbox().store.all();
    assert.deepEqual(others, []);
    assert.equal(instance?.instanceId, id);
    assert.deepEqual(instance?.data, { firstName: "Ada" });
    const { instanceId, status, startedAt, ...rest } = outs;
    assert.deepEqual([instanceId, status, rest], [id, "started", inputs]);
    assert.match(startedAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("records nothing when the start is refused", async () => {
    await create();
    await assert.rejects(create(), (error: Error) => {
      assert.match(error.message, /refused it \(400\): "The journey is already running for the provided email"/);
      assert.ok(!("id" in error));
      return true;
    });
  });

  it("says where an address may run that is in the journey already", async () => {
    await create();
    await assert.rejects(
      create(),
      /another resource or stack has enrolled it, or a run that was killed and never recovered/,
    );
  });

  it("says nothing of that where the start was refused for another reason", async () => {
    const body = JSON.stringify({ success: false, message: "Journey is not published" });
    const server = await serve((response) => response.writeHead(400, { "Content-Type": "application/json" }).end(body));
    try {
      await configure(settings(server.url));
      await assert.rejects(create(), /"Journey is not published"\. Nothing was started\.$/);
    } finally {
      await server.close();
    }
  });

  it("replaces by abort before start", async () => {
    const { id, outs } = await create();
    const diff = await enrollmentLifecycle.diff(id, outs, { ...inputs, data: {} });
    assert.deepEqual(diff, { changes: true, replaces: ["data"], deleteBeforeReplace: true });
  });

  it("sees no change where there is none", async () => {
    const { id, outs } = await create();
    assert.equal((await enrollmentLifecycle.diff(id, outs, inputs)).changes, false);
  });

  it("returns everything when it updates the abort reason", async () => {
    const { id, outs } = await create();
    const news = { ...inputs, abortReason: "other" };
    assert.deepEqual(await enrollmentLifecycle.update(id, outs, news), { outs: { ...outs, abortReason: "other" } });
  });

  it("updates the abort reason without a request", async () => {
    const { id, outs } = await create();
    await enrollmentLifecycle.update(id, outs, { ...inputs, abortReason: "other" });
    assert.equal(sandbox().store.requests().length, 1);
  });

  it("deletes by one abort of the instance, with the reason", async () => {
    const { id, outs } = await create();
    await enrollmentLifecycle.delete(id, outs);
    assert.deepEqual(last()?.body, { instanceId: id, reason: "preview closed" });
    assert.equal(sandbox().store.all()[0]?.abortReason, "preview closed");
  });

  it("takes an enrollment that has already ended as deleted, and says so in one line", async () => {
    const { id, outs } = await create();
    await enrollmentLifecycle.delete(id, outs);
    const lines = await printed(() => enrollmentLifecycle.delete(id, outs));
    assert.deepEqual(lines, [
      `Nothing left to abort in journey ${inputs.journeyId} for q***@seeds.example.com: "The journey instance has already ended"`,
    ]);
  });

  it("replaces an enrollment whose abort a killed plugin began, because it may have ended", async () => {
    const { id, outs } = await create();
    assert.deepEqual((await enrollmentLifecycle.diff(id, outs, inputs)).replaces, []);
    await leaveAsKilled((journal) => journal.addNote("abort", enrollmentOf({ ...outs })));
    assert.deepEqual((await enrollmentLifecycle.diff(id, outs, inputs)).replaces, ["instanceId"]);
    await enrollmentLifecycle.delete(id, outs);
    assert.deepEqual((await enrollmentLifecycle.diff(id, outs, inputs)).replaces, []);
  });

  it("aborts a start that a killed plugin left behind, before it starts the address again", async () => {
    const lost = await create();
    await leaveAsKilled(async (journal) => (await journal.addNote("start", inputs)).confirm(lost.id));
    const { id } = await create();
    assert.deepEqual(statuses(), [
      [lost.id, "aborted"],
      [id, "running"],
    ]);
  });

  for (const [then, now] of [
    [true, true],
    [false, true],
    [true, false],
  ] as const) {
    it(`starts nothing beside a start without an answer that a killed plugin left, with allowDuplicateEmail ${then} then and ${now} now`, async () => {
      await leaveAsKilled((journal) => journal.addNote("start", { ...inputs, allowDuplicateEmail: then }));
      await assert.rejects(
        enrollmentLifecycle.create({ ...inputs, allowDuplicateEmail: now }),
        /a killed run of this stack may have started it, .* Run npx pulumi-mailmodo recover --stack \S+, which/,
      );
      assert.equal(sandbox().store.requests().length, 0);
    });
  }

  it("aborts the instance that a killed plugin left behind, with allowDuplicateEmail too", async () => {
    const given = { ...inputs, allowDuplicateEmail: true };
    const lost = await enrollmentLifecycle.create(given);
    await leaveAsKilled(async (journal) => (await journal.addNote("start", given)).confirm(lost.id));
    const { id } = await enrollmentLifecycle.create(given);
    assert.deepEqual(statuses(), [
      [lost.id, "aborted"],
      [id, "running"],
    ]);
  });

  it("settles the note of a recorded start with the abort of its instance, so that nothing aborts it again", async () => {
    const { id, outs } = await create();
    await leaveAsKilled(async (journal) => (await journal.addNote("start", enrollmentOf({ ...outs }))).confirm(id));
    await enrollmentLifecycle.delete(id, outs);
    const before = sandbox().store.requests().length;
    await create();
    assert.equal(sandbox().store.requests().length, before + 1);
  });

  it("leaves the note of an abort to the resource of that instance, with allowDuplicateEmail", async () => {
    const given = { ...inputs, allowDuplicateEmail: true };
    const { id, outs } = await enrollmentLifecycle.create(given);
    await leaveAsKilled((journal) => journal.addNote("abort", enrollmentOf({ ...outs })));
    await enrollmentLifecycle.create(given);
    assert.deepEqual((await enrollmentLifecycle.diff(id, outs, given)).replaces, ["instanceId"]);
  });

  it("says that nothing was sent where it cannot note the start", async () => {
    await withEnvironment({ PULUMI_HOME: "/dev/null" }, () =>
      assert.rejects(create(), /it could not be recorded in \S+ \(ENOTDIR\)\. Nothing was sent\./),
    );
    assert.equal(sandbox().store.requests().length, 0);
  });

  it("takes the key of today from the environment, whatever the config says", async () => {
    const { id, outs } = await create();
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    await assert.rejects(enrollmentLifecycle.delete(id, outs), (error: Error) => {
      assert.match(error.message, /refused the API key \(400\): "Invalid mmApiKey"/);
      for (const way of ["MAILMODO_API_KEY", "pulumi up", "pulumi destroy --run-program"]) {
        assert.ok(error.message.includes(way), error.message);
      }
      assert.equal(error.stack, "");
      return true;
    });
    await withEnvironment({ MAILMODO_API_KEY: "TESTKEY-0000000-0000000-0000009" }, () =>
      enrollmentLifecycle.delete(id, outs),
    );
    assert.equal(sandbox().store.all()[0]?.status, "aborted");
  });

  it("starts nothing for an address outside the list, even if the check is passed over", async () => {
    await assert.rejects(
      enrollmentLifecycle.create({ ...inputs, email: "jane@example.org" }),
      /Could not start journey \S+ for j\*\*\*@example\.org: the address is outside mailmodo:allowedRecipients\. Nothing was sent\./,
    );
    assert.equal(sandbox().store.requests().length, 0);
  });

  it("aborts an address that the list no longer has: only starts need it", async () => {
    const { id, outs } = await create();
    await configure(settings(sandbox().url, { "mailmodo:allowedRecipients": undefined }));
    await enrollmentLifecycle.delete(id, outs);
    assert.equal(sandbox().store.all()[0]?.status, "aborted");
  });
});
