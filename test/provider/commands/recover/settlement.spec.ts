import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import type { UnsettledCall } from "../../../../provider/journal/unsealedNotes";
import { TYPES } from "../../../../provider/model/stateFormat";
import { Aborts } from "../../../../provider/commands/recover/aborts";
import type { StateResource } from "../../../../provider/pulumi/stateResource";
import { RecordedIndex } from "../../../../provider/pulumi/recordedIndex";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import { sentAtLatest } from "../../../../provider/commands/recover/sentAtLatest";
import { Settlement } from "../../../../provider/commands/recover/settlement";
import { journeyId } from "../../../support/journeyId";
import { useSandbox } from "../../../support/sandbox";
import { connectionTo } from "../../../support/vendor";

const email = "ada@seeds.example.com";
const instanceId = "11111111-2222-4333-8444-555555555555";
const enrollment = { journeyId, email, abortReason: "over", allowDuplicateEmail: false };

const NEXT = nextCommands({ stack: "dev", env: {} });

describe("the settlement of what killed runs left", () => {
  const sandbox = useSandbox();
  const asked = () =>
    sandbox()
      .store.requests()
      .map(({ path, body }) => [path.split("/")[2], body]);

  const call = (more: Partial<UnsettledCall>): UnsettledCall => ({
    ...enrollment,
    kind: "start",
    confirmed: false,
    file: "1.jsonl",
    id: 1,
    ...more,
  });
  const resource = (properties: object): StateResource => ({
    urn: "urn:1",
    type: TYPES.enrollment,
    inputs: { ...enrollment },
    outputs: { ...enrollment, ...properties },
  });
  /** Settles with what another stack has, or with an error where that cannot be read. */
  function settlement(
    other: string | undefined | Error,
    resources: StateResource[] = [],
    present = { isStackBusy: () => false, isUnsettled: () => true },
    reasonToStop = async (): Promise<string | undefined> => undefined,
  ): Settlement {
    const findStack = async () => {
      if (other instanceof Error) throw other;
      return other;
    };
    const connect = () => connectionTo(sandbox().url, SANDBOX_KEY);
    const aborts = new Aborts({ findStack }, present, connect, NEXT.again, () => undefined, reasonToStop);
    const index = new RecordedIndex({ resources });
    return new Settlement(index, aborts, present, sentAtLatest(performance.now(), 0), NEXT, () => undefined);
  }
  const unread = new Error("pulumi stack export failed for the stack other.");

  const byAddress: [what: string, settle: (one: Settlement) => Promise<unknown>][] = [
    ["a start without an answer", (one) => one.settle([call({})])],
    ["an abort by address", (one) => one.settle([call({ kind: "abort" })])],
    [
      "a pending create",
      (one) => one.settle([], { pending_operations: [{ type: "creating", resource: resource({}) }] }),
    ],
    [
      "a pending delete of what is unconfirmed",
      (one) => one.settle([], { pending_operations: [{ type: "deleting", resource: resource({}) }] }),
    ],
  ];
  for (const [what, settle] of byAddress) {
    it(`sends no abort for ${what} once another run works on the stack`, async () => {
      const one = settlement(undefined, [], undefined, async () => "the state has changed since; recover again");
      await settle(one);
      assert.match(one.aborts.problems.join(), /^Could not abort .*: the state has changed since; recover again\./);
      assert.deepEqual(asked(), []);
    });

    it(`aborts ${what} by address where no other stack has the address`, async () => {
      const one = settlement(undefined);
      await settle(one);
      assert.deepEqual([one.aborts.problems, asked()], [[], [["abort", { email, reason: "over" }]]]);
    });

    for (const [where, other, says] of [
      [
        "has the address",
        "other",
        /^Could not abort journey \S+ for a\*\*\*@seeds\.example\.com: whether it runs is not known, and the stack other enrolls/,
      ],
      [
        "cannot be read",
        unread,
        /^Could not abort journey \S+ for a\*\*\*@seeds\.example\.com: whether another stack enrolls the address is not known: pulumi stack export failed for the stack other\. Nothing was sent\./,
      ],
    ] as const) {
      it(`aborts nothing for ${what} where another stack ${where}, and says so`, async () => {
        const one = settlement(other);
        await settle(one);
        assert.equal(one.aborts.problems.length, 1);
        assert.match(one.aborts.problems[0]!, says);
        assert.deepEqual([one.settled, [...one.ended], asked()], [[], [], []]);
      });
    }
  }

  it("aborts nothing by address while a later run is in progress, and says so", async () => {
    const one = settlement(undefined, [], { isStackBusy: () => true, isUnsettled: () => true });
    await one.settle([call({})]);
    assert.match(
      one.aborts.problems.join(),
      /^Could not abort journey \S+ for a\*\*\*@seeds\.example\.com: a run of the stack has begun\. Wait for it, then recover again\./,
    );
    assert.deepEqual(asked(), []);
  });

  it("aborts nothing by address that another recover has settled since: the address may be started again", async () => {
    const one = settlement(undefined, [], { isStackBusy: () => false, isUnsettled: () => false });
    await one.settle([call({}), call({ kind: "abort" })]);
    assert.deepEqual([one.aborts.problems, asked()], [[], []]);
  });

  it("takes a start as settled that this stack or another one records", async () => {
    for (const one of [settlement("other"), settlement(undefined, [resource({ instanceId })])]) {
      await one.settle([call({ instanceId, confirmed: true })]);
      assert.deepEqual([one.settled.length, one.aborts.problems, asked()], [1, [], []]);
    }
  });

  for (const [noted, recorded] of [
    [false, true],
    [true, false],
    [true, true],
  ] as const)
    it(`aborts nothing by address, and says so, where allowDuplicateEmail is ${noted} in the note and ${recorded} in the state`, async () => {
      const one = settlement(undefined, [resource({ instanceId, allowDuplicateEmail: recorded })]);
      await one.settle([call({ allowDuplicateEmail: noted })]);
      assert.match(one.aborts.undecided.join(), /^A start of journey \S+ .* aborting by address would stop both\./);
      assert.deepEqual([one.settled, asked()], [[], []]);
    });

  it("leaves a start alone where neither the note nor the state has allowDuplicateEmail: it has been started again", async () => {
    const startedAt = "2026-11-24T12:00:00.000Z";
    const one = settlement(undefined, [resource({ instanceId, startedAt })]);
    await one.settle([call({ startSentAt: Date.parse(startedAt) - 60_000 })]);
    assert.deepEqual([one.settled.length, one.aborts.problems, asked()], [1, [], []]);
  });

  for (const [what, more] of [
    ["was sent less than a minute later", { startedAt: "2026-11-24T12:00:00.000Z" }],
    ["has no time", {}],
  ] as const)
    it(`keeps the note of a start, and says so, where the recorded one ${what}: it may have taken effect after its end`, async () => {
      const one = settlement(undefined, [resource({ instanceId, ...more })]);
      await one.settle([call({ startSentAt: Date.parse("2026-11-24T11:59:01.000Z") })]);
      assert.match(
        one.aborts.undecided.join(),
        /^Whether the state records the start of journey \S+ for a\*\*\*@seeds\.example\.com or another one, which may have ended, cannot be told\./,
      );
      assert.deepEqual([one.settled, one.aborts.problems, asked()], [[], [], []]);
    });

  it("aborts a pending create although a note of the address is settled: that was another start", async () => {
    const one = settlement("other");
    await one.settle([call({ instanceId, confirmed: true })]);
    const pending = settlement(undefined);
    pending.settled.push(...one.settled);
    await pending.settle([], { pending_operations: [{ type: "creating", resource: resource({}) }] });
    assert.deepEqual(asked(), [["abort", { email, reason: "over" }]]);
  });

  it("counts an address once that a note and a pending create have", async () => {
    const one = settlement(undefined);
    await one.settle([call({})]);
    await one.settle([], { pending_operations: [{ type: "creating", resource: resource({}) }] });
    assert.deepEqual([one.aborts.aborted, asked().length], [1, 2]);
  });

  it("leaves an abort to the stack that records the instance", async () => {
    const theirs = settlement("other");
    await theirs.settle([call({ kind: "abort", instanceId })]);
    assert.deepEqual([theirs.settled, theirs.aborts.problems, theirs.aborts.undecided], [[], [], []]);
    assert.deepEqual(asked(), []);
  });

  it("does not settle an abort where another stack, which may record the instance, cannot be read", async () => {
    const unclear = settlement(unread);
    await unclear.settle([call({ kind: "abort", instanceId })]);
    assert.deepEqual([unclear.settled, unclear.aborts.problems, unclear.aborts.undecided.length], [[], [], 1]);
    assert.deepEqual(asked(), []);
  });
});
