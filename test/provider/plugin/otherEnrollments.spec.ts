import assert from "node:assert/strict";
import { LOADER, TYPES } from "../../../provider/model/stateFormat";
import { OtherEnrollments } from "../../../provider/plugin/otherEnrollments";
import { ThisRun } from "../../../provider/plugin/thisRun";
import { Stack } from "../../../provider/pulumi/stack";
import { inputs } from "../../support/enrollmentInputs";
import { modelBackends } from "../../support/modelBackend";
import { useModelCli } from "../../support/modelCli";
import { usePluginProcess } from "../../support/pluginProcess";

const url = "file:///model/otherEnrollments";
const state = (...resources: object[]) => JSON.stringify({ version: 3, deployment: { resources } });
const pending = (type: string, resource: object) =>
  JSON.stringify({ version: 3, deployment: { resources: [], pending_operations: [{ type, resource }] } });

/** Of the plugin that was made last. */
let thisRun: ThisRun;

/** What the plugin finds where these are the states of the project's stacks. */
function otherEnrollments(states: Record<string, string>): OtherEnrollments {
  modelBackends.set(url, { states: new Map(Object.entries(states)), config: "{}" });
  thisRun = new ThisRun();
  return new OtherEnrollments(async (name) => new Stack(name, "/model", { PULUMI_BACKEND_URL: url }), thisRun);
}

describe("an instance that a killed run may have started", () => {
  const instanceId = "11111111-2222-4333-8444-555555555555";
  const enrollment = { ...inputs, stack: "organization/seeds/test", instanceId };
  const resource = {
    urn: "urn:pulumi:test::seeds::x::one",
    type: TYPES.enrollment,
    outputs: { ...enrollment, status: "started", __provider: LOADER },
  };
  useModelCli();
  usePluginProcess();

  const isRecorded = (states: Record<string, string>) => otherEnrollments(states).isRecorded(enrollment);

  for (const [what, states, expected] of [
    ["in its own stack's state", { test: state(resource), prod: state() }, true],
    ["in another stack's state, to which it was moved", { test: state(), prod: state(resource) }, true],
    ["nowhere", { test: state(), prod: state() }, false],
  ] as const) {
    it(`is ${expected ? "" : "not "}recorded where it is ${what}`, async () =>
      assert.equal(await isRecorded(states), expected));
  }

  it("cannot be told where a state cannot be read", async () => {
    await assert.rejects(isRecorded({ test: state(), prod: "" }));
  });
});

describe("an unconfirmed start with allowDuplicateEmail, in a destroy", () => {
  const startedAt = "2026-11-27T00:00:00.000Z";
  const enrollment = { ...inputs, stack: "organization/seeds/test", allowDuplicateEmail: true };
  const resource = (stack: string, name: string, more: object) => ({
    urn: `urn:pulumi:${stack}::seeds::x::${name}`,
    type: TYPES.enrollment,
    outputs: { ...enrollment, ...more, __provider: LOADER },
  });
  const unconfirmed = (stack: string) => resource(stack, "lost", { status: "unconfirmed", startedAt });
  const running = (stack: string) =>
    resource(stack, "running", { instanceId: "11111111-2222-4333-8444-555555555555", status: "started", startedAt });
  useModelCli();
  usePluginProcess();

  const reason = async (states: Record<string, string>) => {
    const lost = { ...enrollment, startSentAt: Date.parse(startedAt) };
    return (await otherEnrollments(states).reasonNotToAbort(lost, false))?.why;
  };

  it("is aborted by address beside another instance of its own stack, as documented", async () => {
    assert.equal(await reason({ test: state(unconfirmed("test"), running("test")) }), undefined);
  });

  it("is held back where the stack that it was moved from runs the address", async () => {
    const why = await reason({ test: state(running("test")), prod: state(unconfirmed("prod")) });
    assert.match(why ?? "", /urn:pulumi:test::seeds::x::running/);
  });

  it("is aborted where the stack that it was moved from does not run the address", async () => {
    assert.equal(await reason({ test: state(), prod: state(unconfirmed("prod")) }), undefined);
  });
});

describe("an unconfirmed start whose address this run starts for another resource", () => {
  const enrollment = { ...inputs, stack: "organization/seeds/test", startSentAt: 1 };
  useModelCli();
  usePluginProcess();

  it("is not aborted by address from before the request leaves, unless the start had no effect", async () => {
    const others = otherEnrollments({ test: state() });
    const reason = async () => (await others.reasonNotToAbort(enrollment, false))?.why;
    assert.equal(await reason(), undefined);
    const start = thisRun.starting(enrollment);
    assert.match(
      (await reason()) ?? "",
      /^another resource of this stack \(one that this run starts\) enrolls the address/,
    );
    start.forget();
    assert.equal(await reason(), undefined);
  });
});

describe("what enrolls a contact that is to be archived", () => {
  const stack = "organization/seeds/test";
  const instanceId = "11111111-2222-4333-8444-555555555555";
  const enrollment = { ...inputs, stack, instanceId, journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" };
  const resource = (type: string, outputs: object) => ({ urn: `urn:pulumi:test::seeds::${type}::one`, type, outputs });
  const single = resource(TYPES.enrollment, { ...enrollment, status: "started" });
  const unconfirmed = resource(TYPES.enrollment, { ...enrollment, instanceId: undefined, status: "unconfirmed" });
  const shard = resource(TYPES.shard, {
    ...enrollment,
    contacts: JSON.stringify({ [inputs.email]: [instanceId, "x"] }),
  });
  useModelCli();
  usePluginProcess();

  for (const [what, one] of [
    ["an enrollment", single],
    ["an unconfirmed one", unconfirmed],
    ["a contact of a cohort", shard],
  ] as const) {
    it(`is ${what} of the state, in any journey and spelling, until this run has ended it`, async () => {
      const others = otherEnrollments({ test: state(one), prod: state() });
      assert.equal(await others.enrolling(inputs.email.toUpperCase(), stack), one.urn);
      assert.equal(await others.enrolling("bob@seeds.example.com", stack), undefined);
      thisRun.ended({ ...enrollment, instanceId: one === unconfirmed ? undefined : instanceId });
      assert.equal(await others.enrolling(inputs.email, stack), undefined);
    });
  }

  it("is a resource of any stack where the stack was renamed, until this run has ended it", async () => {
    const others = otherEnrollments({ prod: state(single) });
    assert.equal(await others.enrolling(inputs.email, stack), single.urn);
    thisRun.ended(enrollment);
    assert.equal(await others.enrolling(inputs.email, stack), undefined);
    await assert.rejects(otherEnrollments({ prod: "" }).enrolling(inputs.email, stack));
  });

  it("is not known where the state cannot be read", async () => {
    await assert.rejects(otherEnrollments({ test: "", prod: state() }).enrolling(inputs.email, stack));
  });
});

describe("what a killed run may have started of a contact that is to be archived", () => {
  const stack = "organization/seeds/test";
  const enrollment = { ...inputs, stack };
  const resource = (type: string, more: object, of = "test") => ({
    urn: `urn:pulumi:${of}::seeds::${type}::one`,
    type,
    inputs: { ...enrollment, ...more },
  });
  const single = resource(TYPES.enrollment, {});
  const shard = resource(TYPES.shard, { contacts: JSON.stringify({ [inputs.email]: { seats: 1 } }) });
  useModelCli();
  usePluginProcess();

  const start = (states: Record<string, string>, email = inputs.email) =>
    otherEnrollments(states).pendingStart(email, stack);
  const { journeyId } = inputs;

  for (const [what, operation, one] of [
    ["creates an enrollment", "creating", single],
    ["creates a shard", "creating", shard],
    ["updates a shard", "updating", shard],
  ] as const) {
    it(`is told by an operation of the state that ${what}, in any spelling`, async () => {
      const states = { test: pending(operation, one), prod: state() };
      assert.deepEqual(await start(states, inputs.email.toUpperCase()), { journeyId, otherStack: undefined });
      assert.equal(await start(states, "bob@seeds.example.com"), undefined);
    });
  }

  it("is nothing where the operation deletes, or is another stack's", async () => {
    assert.equal(await start({ test: pending("deleting", single) }), undefined);
    assert.equal(await start({ test: state(), prod: pending("creating", single) }), undefined);
  });

  it("is told by any stack where the stack was renamed, with its name", async () => {
    const prod = pending("creating", resource(TYPES.enrollment, {}, "prod"));
    assert.deepEqual(await start({ prod }), { journeyId, otherStack: "prod" });
  });

  it("is not known where the state cannot be read", async () => {
    await assert.rejects(start({ test: "" }));
  });
});

describe("another stack with the contact that is to be archived", () => {
  const stack = "organization/seeds/test";
  const email = "jane@seeds.example.com";
  const contact = { urn: "urn:pulumi:test::seeds::x::jane", type: TYPES.contact, outputs: { email, adopted: true } };
  const enrollment = { urn: "urn:pulumi:two::seeds::x::one", type: TYPES.enrollment, outputs: { ...inputs, email } };
  useModelCli();
  usePluginProcess();

  const other = (states: Record<string, string>) => otherEnrollments(states).otherStackWithContact(email, stack);

  it("is one that has it as a resource, or enrolls it, or may do so", async () => {
    assert.equal(await other({ test: state(contact), two: state() }), undefined);
    const isTwo = { stack: "two", isPending: false };
    assert.deepEqual(await other({ test: state(contact), two: state(contact) }), isTwo);
    assert.deepEqual(await other({ test: state(contact), two: state(enrollment) }), isTwo);
    const starting = { ...enrollment, inputs: enrollment.outputs };
    const two = pending("creating", starting);
    assert.deepEqual(await other({ test: state(contact), two }), { ...isTwo, isPending: true });
    await assert.rejects(other({ test: state(contact), two: "" }));
  });

  it("counts as this one where the stack was renamed, for its resources cannot be told from theirs", async () => {
    const states = { prod: state(contact), two: state(contact) };
    assert.equal(await other(states), undefined);
    assert.equal((await otherEnrollments(states).contactsInStack(email, stack)).length, 2);
  });
});
