import assert from "node:assert/strict";
import { Aborts } from "../../../../provider/commands/recover/aborts";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import { sentAtLatest } from "../../../../provider/commands/recover/sentAtLatest";
import { Settlement } from "../../../../provider/commands/recover/settlement";
import { Deadline } from "../../../../provider/mailmodo/deadline";
import { digestOf } from "../../../../provider/model/contacts";
import { TYPES } from "../../../../provider/model/stateFormat";
import { RecordedIndex } from "../../../../provider/pulumi/recordedIndex";
import type { UnsettledCall } from "../../../../provider/journal/unsealedNotes";
import type { StateResource } from "../../../../provider/pulumi/stateResource";
import { journeyId } from "../../../support/journeyId";
import { json } from "../../../support/server";
import { no, useVendor } from "../../../support/vendor";

const common = { journeyId, abortReason: "over", allowDuplicateEmail: false };
const email = "ada@seeds.example.com";
const instanceId = "11111111-2222-4333-8444-555555555555";
const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 24, 12);

/** An enrollment as the state has it. */
const enrollment = (outputs: object): StateResource => {
  const all = { ...common, email };
  return { urn: "urn:1", type: TYPES.enrollment, inputs: all, outputs: { ...all, ...outputs } };
};

/** A shard with Ada, as the state has it; nothing in its inputs has changed. */
const shard = (ada: readonly unknown[], outputs: object = {}): StateResource => {
  const inputs = { ...common, contacts: JSON.stringify({ [email]: {} }) };
  return {
    urn: "urn:1",
    type: TYPES.shard,
    inputs,
    outputs: { ...inputs, ...outputs, contacts: JSON.stringify({ [email]: ada }) },
  };
};

const longAgo = new Date(NOON - HOUR_MS).toISOString();
const unconfirmed = { status: "unconfirmed", startedAt: longAgo };

const NEXT = nextCommands({ stack: "dev", env: {} });

describe("a start of which a state without notes has a pending operation", () => {
  const vendor = useVendor(NOON);

  /** Settles one pending operation. @returns When aborts were sent, after recover looked, and what it logged. */
  async function settle(
    type: string,
    pending: StateResource,
    resources: StateResource[],
    notedSince?: number,
    calls: readonly UnsettledCall[] = [],
  ) {
    const times: number[] = [];
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const connection = await vendor.answering((response) => {
      times.push(vendor.elapsed());
      json(response, 400, { ...no, status: "error", message: "No such journey instance" });
    });
    const currentRuns = { isStackBusy: () => false, isUnsettled: () => true };
    const connect = () => ({ ...connection, log, deadline: new Deadline() });
    const aborts = new Aborts({ findStack: async () => undefined }, currentRuns, connect, NEXT.again, log);
    const latest = sentAtLatest(performance.now(), notedSince);
    const settlement = new Settlement(new RecordedIndex({ resources }), aborts, currentRuns, latest, NEXT, log);
    await vendor.settle(
      settlement.settle(calls, {
        resources,
        pending_operations: calls.length > 0 ? [] : [{ type, resource: pending }],
      }),
    );
    return { times, took: vendor.elapsed(), lines, ended: [...settlement.ended.keys()], problems: aborts.problems };
  }

  it("is aborted at once, and again when it can no longer take effect: it may have been sent just before", async () => {
    const { times, problems } = await settle("creating", enrollment({}), []);
    assert.deepEqual([times, problems], [[0, 60_000], []]);
  });

  it("says for how long recover waits, and why", async () => {
    const { lines } = await settle("creating", enrollment({}), []);
    assert.equal(lines[0], "Waiting 60 s: until then, a start whose answer was lost may still take effect.");
  });

  it("is aborted once where its run kept its notes here and began long ago", async () => {
    const { times } = await settle("creating", enrollment({}), [], NOON - HOUR_MS);
    assert.deepEqual(times, [0]);
  });

  for (const [what, pending] of [
    ["an unconfirmed enrollment", enrollment(unconfirmed)],
    ["a shard with an unconfirmed contact", shard([null, digestOf({}), NOON - HOUR_MS])],
  ] as const)
    it(`is aborted, and taken out of the state, where it is the restart of ${what}`, async () => {
      const { times, ended } = await settle("updating", pending, [pending]);
      assert.deepEqual([times, ended], [[0, 60_000], ["urn:1"]]);
    });

  for (const [what, pending] of [
    ["an enrollment that runs", enrollment({ instanceId })],
    ["an unconfirmed enrollment with allowDuplicateEmail", enrollment({ ...unconfirmed, allowDuplicateEmail: true })],
    ["a shard whose contact runs", shard([instanceId, digestOf({})])],
    ["a shard with allowDuplicateEmail", shard([null, digestOf({}), 1], { allowDuplicateEmail: true })],
  ] as const)
    it(`is not supposed in the update of ${what}`, async () => {
      const { times, ended } = await settle("updating", pending, [pending]);
      assert.deepEqual([times, ended], [[], []]);
    });

  const LATE_ABORT = "until then, an abort whose answer was lost may still take effect.";

  it("is aborted once where it is to be deleted, but what its killed run sent is outlasted: it would end the next one", async () => {
    const pending = enrollment(unconfirmed);
    const { times, took, ended, lines } = await settle("deleting", pending, [pending]);
    assert.deepEqual([times, took, ended, lines[0]], [[0], 60_000, ["urn:1"], `Waiting 60 s: ${LATE_ABORT}`]);
  });

  const note: UnsettledCall = { ...common, email, kind: "abort", confirmed: true, file: "notes", id: 1 };
  it("is aborted again where a note says that an attempt of its abort may have been lost, which is outlasted", async () => {
    const late = await settle("", enrollment({}), [], undefined, [{ ...note, abortSentAt: NOON - 22_000 }]);
    assert.deepEqual([late.times, late.took, late.lines[0]], [[0], 38_000, `Waiting 38 s: ${LATE_ABORT}`]);
  });

  it("is not aborted again where a note says that its first abort was confirmed", async () => {
    assert.deepEqual((await settle("", enrollment({}), [], undefined, [note])).times, []);
  });
});
