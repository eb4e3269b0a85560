import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { Aborts } from "../../../../provider/commands/recover/aborts";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import { sentAtLatest } from "../../../../provider/commands/recover/sentAtLatest";
import { Settlement } from "../../../../provider/commands/recover/settlement";
import type { UnsettledCall } from "../../../../provider/journal/unsealedNotes";
import { digestOf } from "../../../../provider/model/contacts";
import { TYPES } from "../../../../provider/model/stateFormat";
import type { Deployment } from "../../../../provider/pulumi/deployment";
import { RecordedIndex } from "../../../../provider/pulumi/recordedIndex";
import type { StateResource } from "../../../../provider/pulumi/stateResource";
import { previewEnvironment } from "../../../../provider/text/configCommand";
import { journeyId } from "../../../support/journeyId";
import { useSandbox } from "../../../support/sandbox";
import { connectionTo } from "../../../support/vendor";

type Known = ConstructorParameters<typeof Settlement>[6];

const common = { journeyId, abortReason: "over", allowDuplicateEmail: false };
const ids = {
  ada: "11111111-2222-4333-8444-555555555555",
  bob: "22222222-2222-4333-8444-555555555555",
};
const emailOf = (name: string) => `${name}@seeds.example.com`;

/** A shard whose state has these contacts, by name, with their instance ids, and whose inputs have those with this data. */
function shard(
  urn: string,
  recorded: Record<string, string>,
  wanted: Record<string, object>,
  more: object = {},
): StateResource {
  const contacts = Object.fromEntries(Object.entries(wanted).map(([name, data]) => [emailOf(name), data]));
  const records = Object.entries(recorded).map(([name, id]) => [emailOf(name), [id, digestOf({})]]);
  return {
    urn,
    type: TYPES.shard,
    inputs: { ...common, contacts: JSON.stringify(contacts) },
    outputs: { ...common, contacts: JSON.stringify(Object.fromEntries(records)) },
    ...more,
  };
}

function enrollment(urn: string, outputs: object): StateResource {
  const all = { ...common, email: emailOf("ada") };
  return { urn, type: TYPES.enrollment, inputs: all, outputs: { ...all, ...outputs } };
}

// Else what the killed run aborted would count as running, and what it started in its place as "started again".
const NEXT = nextCommands({ stack: "dev", env: {} });

describe("recover, with a state in which a run had aborted an enrollment before it started the address again", () => {
  const sandbox = useSandbox();
  const asked = () =>
    sandbox()
      .store.requests()
      .map(({ body }) => body as { email?: string; instanceId?: string })
      .map(({ email, instanceId }) => email ?? instanceId);

  async function settled(state: Deployment, calls: UnsettledCall[] = [], known: Known = {}, next = NEXT) {
    const currentRuns = { isStackBusy: () => false, isUnsettled: () => true };
    const connect = () => connectionTo(sandbox().url, SANDBOX_KEY);
    const aborts = new Aborts({ findStack: async () => undefined }, currentRuns, connect, NEXT.again, () => undefined);
    const latest = sentAtLatest(performance.now(), 0);
    const index = new RecordedIndex(state);
    const one = new Settlement(index, aborts, currentRuns, latest, next, () => undefined, known);
    await one.settle(calls, state);
    const ended = [...one.ended].map(([urn, emails]) => [urn, ...emails]);
    return { ended, problems: [...aborts.undecided, ...aborts.problems], settled: one.settled.length };
  }

  it("aborts by address a contact that was restarted in another spelling", async () => {
    const resource = shard("urn:1", { Ada: ids.ada, bob: ids.bob }, { ada: {}, bob: {} });
    const result = await settled({ resources: [resource], pending_operations: [{ type: "updating", resource }] });
    assert.deepEqual(asked(), [ids.ada, emailOf("ada")]);
    assert.deepEqual([result.ended, result.problems], [[["urn:1", emailOf("Ada")]], []]);
  });

  it("aborts by address a contact that was restarted in a cohort with a new name and an alias", async () => {
    const resource = shard("urn:new", {}, { ada: { n: 2 }, bob: {} }, { aliases: ["urn:old"] });
    const old = shard("urn:old", { ada: ids.ada, bob: ids.bob }, { ada: {}, bob: {} });
    const result = await settled({ resources: [old], pending_operations: [{ type: "updating", resource }] });
    assert.deepEqual(asked(), [emailOf("ada")]);
    assert.deepEqual([result.ended, result.problems], [[["urn:old", emailOf("ada")]], []]);
  });

  it("aborts by address a contact that was moved to another cohort, whose operation comes first", async () => {
    const one = shard("urn:1", { ada: ids.ada, bob: ids.bob }, { bob: {} });
    const two = shard("urn:2", {}, { ada: {} }, { outputs: undefined });
    const result = await settled({
      resources: [one],
      pending_operations: [
        { type: "creating", resource: two },
        { type: "updating", resource: one },
      ],
    });
    assert.deepEqual(asked(), [ids.ada, emailOf("ada")]);
    assert.deepEqual([result.ended, result.problems], [[["urn:1", emailOf("ada")]], []]);
  });

  it("aborts by address a noted start of what a pending operation removes elsewhere", async () => {
    const one = shard("urn:1", { ada: ids.ada }, {});
    const call = { ...common, email: emailOf("ada"), kind: "start", confirmed: false, file: "1.jsonl", id: 1 } as const;
    const state = { resources: [one], pending_operations: [{ type: "updating", resource: one }] };
    assert.deepEqual((await settled(state, [call])).problems, []);
    assert.deepEqual(asked(), [ids.ada, emailOf("ada")]);
  });

  it("keeps the note of a start that the state may not record while another note cannot be read", async () => {
    const one = shard("urn:1", { ada: ids.ada }, { ada: {} });
    const call = { ...common, email: emailOf("ada"), kind: "start", confirmed: false, file: "1.jsonl", id: 1 } as const;
    const result = await settled({ resources: [one] }, [call], { areNotesComplete: false });
    assert.match(
      result.problems.join(),
      /^Whether the state records the start of journey \S+ for a\*\*\*@seeds\.example\.com or another one, which may have ended, cannot be told/,
    );
    assert.match(result.problems.join(), /\. Or run pulumi destroy, and recover again before the stack is removed\.$/);
    assert.deepEqual([result.settled, asked()], [0, []]);
    const preview = nextCommands({ stack: "pr-1", env: previewEnvironment("pr-1", "Pulumi.preview.yaml") });
    const { problems } = await settled({ resources: [one] }, [call], { areNotesComplete: false }, preview);
    assert.match(problems.join(), /\. Or run npx pulumi-mailmodo previews down --name pr-1\.$/);
  });

  it("settles nothing of an update of what the state does not have", async () => {
    const resource = shard("urn:1", { ada: ids.ada }, { ada: { n: 2 } });
    const result = await settled({ pending_operations: [{ type: "updating", resource }] });
    assert.match(result.problems.join(), /^The state has a pending update of urn:1, but not the resource\./);
    const state = { pending_operations: [{ type: "updating", resource }] };
    assert.deepEqual([(await settled(state, [], { nothingElseRuns: true })).problems, asked()], [[], []]);
  });

  it("passes over an update of anything that starts nothing", async () => {
    for (const type of [TYPES.contact, TYPES.archive, TYPES.plan]) {
      const state = { pending_operations: [{ type: "updating", resource: { urn: "urn:1", type } }] };
      assert.deepEqual([(await settled(state)).problems, asked()], [[], []], type);
    }
  });

  it("aborts nothing by address beside the old half of a replacement that is retained", async () => {
    const properties = { ...common, allowDuplicateEmail: true, email: emailOf("ada") };
    const resource = { urn: "urn:1", type: TYPES.enrollment, inputs: properties };
    const old = {
      ...resource,
      outputs: { ...properties, instanceId: ids.ada },
      pendingReplacement: true,
      retainOnDelete: true,
    };
    const result = await settled({ resources: [old], pending_operations: [{ type: "creating", resource }] });
    assert.match(result.problems.join(), /aborting by address would stop both/);
    assert.deepEqual(asked(), []);
  });

  for (const [what, allowDuplicateEmail, areNotesComplete] of [
    ["with allowDuplicateEmail", true, true],
    ["beside a note that cannot be read", false, false],
  ] as const)
    it(`takes a person's word that nothing else runs, ${what}, and forgets nothing that is recorded`, async () => {
      const one = shard("urn:1", { ada: ids.ada }, { ada: {} });
      const resource = { ...one, outputs: { ...one.outputs, allowDuplicateEmail } };
      const call = {
        ...common,
        email: emailOf("ada"),
        kind: "start",
        confirmed: false,
        file: "1.jsonl",
        id: 1,
      } as const;
      const known = { areNotesComplete, nothingElseRuns: true };
      assert.deepEqual(await settled({ resources: [resource] }, [call], known), {
        ended: [],
        problems: [],
        settled: 1,
      });
      assert.deepEqual(asked(), []);
    });

  for (const [what, one, pending] of [
    [
      "was renamed",
      enrollment("urn:one", { instanceId: ids.ada }),
      { ...enrollment("urn:uno", {}), outputs: undefined },
    ],
    [
      "was moved to a cohort",
      enrollment("urn:one", { instanceId: ids.ada }),
      shard("urn:smoke", {}, { ada: {} }, { outputs: undefined }),
    ],
    [
      "is retained while it is replaced",
      { ...enrollment("urn:one", { instanceId: ids.ada }), pendingReplacement: true, retainOnDelete: true },
      { ...enrollment("urn:one", {}), outputs: undefined },
    ],
  ] as const)
    it(`does not take what ${what} for a later start: it may have ended by itself before`, async () => {
      const state = { resources: [one], pending_operations: [{ type: "creating", resource: pending }] } as Deployment;
      const result = await settled(state);
      assert.match(result.problems.join(), /^Whether the state records the start of journey \S+ .* cannot be told\./);
      assert.deepEqual([result.ended, asked()], [[], []]);
      assert.deepEqual((await settled(state, [], { nothingElseRuns: true })).problems, []);
    });

  it("asks for no abort of what is retained, as Pulumi does not", async () => {
    const resource = { ...enrollment("urn:one", { instanceId: ids.ada }), retainOnDelete: true };
    const result = await settled({ resources: [resource], pending_operations: [{ type: "deleting", resource }] });
    assert.deepEqual([result.problems, asked()], [[], []]);
  });

  it("says what to do only once a destroy drops no pending update any more", async () => {
    const one = shard("urn:1", { ada: ids.ada }, { ada: {} });
    const call = { ...common, email: emailOf("ada"), kind: "start", confirmed: false, file: "1.jsonl", id: 1 } as const;
    const { problems } = await settled({ resources: [one] }, [call], { hasPendingUpdates: true });
    assert.match(problems.join(), /Do not run Pulumi before this is settled\./);
    assert.doesNotMatch(problems.join(), /pulumi destroy/);
  });

  it("does not take a person's word for a start that may still take effect", async () => {
    const one = shard("urn:1", { ada: ids.ada }, { ada: {} });
    const call = { ...common, email: emailOf("ada"), kind: "start", confirmed: false, file: "1.jsonl", id: 1 } as const;
    const fresh = { ...call, startSentAt: Date.now() };
    const result = await settled({ resources: [one] }, [fresh], { nothingElseRuns: true });
    assert.match(
      result.problems.join(),
      /^The start of journey \S+ for a\*\*\*@seeds\.example\.com may still take effect\./,
    );
    assert.deepEqual([result.settled, asked()], [0, []]);
  });
});
