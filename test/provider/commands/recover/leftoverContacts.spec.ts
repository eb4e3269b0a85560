import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { Archives } from "../../../../provider/commands/recover/archives";
import { LeftoverContacts } from "../../../../provider/commands/recover/leftoverContacts";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import type { SentAtLatest } from "../../../../provider/commands/recover/sentAtLatest";
import type { UnsettledCall } from "../../../../provider/journal/unsealedNotes";
import { addNote } from "../../../../provider/model/contactNote";
import { parseRecipients } from "../../../../provider/model/recipients";
import { TYPES } from "../../../../provider/model/stateFormat";
import type { Deployment, PendingOperation } from "../../../../provider/pulumi/deployment";
import type { ContactUser } from "../../../../provider/pulumi/otherStacks";
import { RecordedIndex } from "../../../../provider/pulumi/recordedIndex";
import type { Ended, StateResource } from "../../../../provider/pulumi/stateResource";
import { previewEnvironment } from "../../../../provider/text/configCommand";
import { journeyId } from "../../../support/journeyId";
import { useSandbox } from "../../../support/sandbox";
import { connectionTo } from "../../../support/vendor";

const stack = "organization/seeds/dev";
const email = "jane@seeds.example.com";
const tagged = "ada+seeds.dev@seeds.example.com";
const data = { seats: 3 };

const call = (kind: "add" | "archive", of = email): UnsettledCall => ({
  ...addNote({ email: of, stack, list: "Seeds", data }),
  kind,
  confirmed: false,
  file: "notes",
  id: 1,
});
const creating = (of: string, more: Partial<StateResource> = {}): PendingOperation => ({
  type: "creating",
  resource: { urn: "urn:new", type: TYPES.contact, inputs: { email: of, stack }, ...more },
});
const OTHER: PendingOperation = { type: "creating", resource: { urn: "urn:bucket", type: "aws:s3/bucket:Bucket" } };
const recording = (of: string, more: Partial<StateResource> = {}): Deployment => ({
  resources: [{ urn: "urn:old", type: TYPES.contact, outputs: { email: of, adopted: false }, ...more }],
});
/** As the old half of a replacement that was deleted first. */
const DELETED = { pendingReplacement: true };

const enrolling = (of: string): Deployment => ({
  resources: [
    {
      urn: "urn:welcome",
      type: TYPES.enrollment,
      outputs: { email: of, journeyId, abortReason: "", allowDuplicateEmail: false, instanceId: "1" },
    },
  ],
});

describe("the contacts that a killed run left", () => {
  const sandbox = useSandbox();

  /** Settles, and gives what came of it. */
  async function settle(
    calls: readonly UnsettledCall[],
    {
      state = {},
      otherStack = undefined as ContactUser | undefined,
      reason = undefined as string | undefined,
      ended = new Map() as Ended,
      unsettled = {},
      areNotesComplete = true,
      sentAt = 0,
      unnotedSentAt = 0,
      env = {},
    } = {},
  ) {
    const lines: string[] = [];
    const aborts = {
      problems: [] as string[],
      undecided: [] as string[],
      ...unsettled,
      reasonToWait: async () => reason,
    };
    const connect = () => connectionTo(sandbox().url, SANDBOX_KEY);
    const log = (line: string) => void lines.push(line);
    const recipients = parseRecipients('["*@seeds.example.com"]');
    const otherStacks = { findStackWithContact: async () => otherStack };
    const archives = new Archives(aborts, otherStacks, connect, recipients, log, areNotesComplete);
    const latest: SentAtLatest = (_, isNoted) => (isNoted === false ? unnotedSentAt : sentAt);
    const contacts = new LeftoverContacts(
      "dev",
      new RecordedIndex(state),
      ended,
      archives,
      latest,
      nextCommands({ stack: "dev", env }),
      log,
    );
    await contacts.settle(calls, state);
    const { problems, undecided } = aborts;
    const { left, settled } = contacts;
    const { archived } = archives;
    const counts = { archived, settled: settled.length, left: left.size };
    const addSentAt = [...contacts.adds.values()].map((add) => add.addSentAt);
    const adds = [...contacts.adds.values()].map(({ email: of, users }) => [of, ...users]);
    const { needsPendingCreates } = contacts;
    return { lines, problems, undecided, ...counts, adds, needsPendingCreates, addSentAt };
  }
  const isArchived = (of: string) =>
    sandbox()
      .contacts()
      .find((contact) => contact.email === of)?.archived;
  beforeEach(() => sandbox().setContacts([email, tagged].map((of) => ({ email: of, data }))));

  it("are archived by their notes", async () => {
    const { lines, archived, settled } = await settle([call("add")]);
    assert.deepEqual([archived, settled, isArchived(email), isArchived(tagged)], [1, 1, true, false]);
    assert.deepEqual(lines, ["Archived the contact j***@seeds.example.com."]);
  });

  it("are left, once, where Mailmodo has other values than the call sent", async () => {
    sandbox().setContacts([{ email, data: { first_name: "Jane" } }]);
    const { lines, archived, settled } = await settle([call("add")]);
    assert.deepEqual([archived, settled, isArchived(email)], [0, 1, false]);
    assert.match(
      lines.join("\n"),
      /^Left the contact j\*\*\*@seeds\.example\.com alone: a run tried to add it, but .* archive it there\.$/,
    );
  });

  it("are left also where the call was confirmed, for a person may have signed up right before it", async () => {
    sandbox().setContacts([{ email, data: { ...data, first_name: "Jane" } }]);
    const { archived } = await settle([{ ...call("add"), confirmed: true }]);
    assert.deepEqual([archived, isArchived(email)], [0, false]);
  });

  it("are archived with other values where the address has the stack's tag", async () => {
    sandbox().setContacts([{ email: tagged, data: { first_name: "Jane" } }]);
    await settle([call("add", tagged)]);
    assert.equal(isArchived(tagged), true);
  });

  it("are left where the call sent no values and was not confirmed, and archived where it was confirmed", async () => {
    sandbox().setContacts([{ email, data: {} }]);
    const bare = { ...call("add"), ...addNote({ email, stack, list: "Seeds", data: {} }) };
    const { lines, archived, settled } = await settle([bare]);
    assert.deepEqual([archived, settled, isArchived(email)], [0, 1, false]);
    assert.match(lines.join(), /Look at its values and lists in Mailmodo: if it is not, archive it there\.$/);
    assert.equal((await settle([{ ...bare, confirmed: true }])).archived, 1);
  });

  it("are left where their onDelete says so, told of by a note or by a pending create", async () => {
    const noted = await settle([{ ...call("add", tagged), isToStay: true }]);
    const create = creating(tagged);
    const kept = {
      ...create,
      resource: { ...create.resource, inputs: { ...create.resource.inputs, onDelete: "leave" } },
    };
    const pending = await settle([], { state: { pending_operations: [kept] } });
    const line = 'Left the contact a***@seeds.example.com in Mailmodo, because its onDelete is "leave".';
    assert.deepEqual([noted.lines, pending.lines, noted.settled, isArchived(tagged)], [[line], [line], 1, false]);
  });

  for (const made of ["first", "second"] as const)
    it(`are archived once where the ${made} of two runs has made them, and both notes are done with`, async () => {
      const other = { ...call("add"), ...addNote({ email, stack, list: "Seeds", data: { seats: 4 } }), id: 2 };
      const { lines, archived, settled } = await settle(made === "first" ? [call("add"), other] : [other, call("add")]);
      assert.deepEqual(lines, ["Archived the contact j***@seeds.example.com."]);
      assert.deepEqual([archived, settled, isArchived(email)], [1, 2, true]);
    });

  it("are left where one of several notes says so, as their onDelete was changed meanwhile", async () => {
    const { archived, settled } = await settle([
      call("add", tagged),
      { ...call("add", tagged), id: 2, isToStay: true },
    ]);
    assert.deepEqual([archived, settled, isArchived(tagged)], [0, 2, false]);
  });

  it("are done with where Mailmodo knows none", async () => {
    const { archived, settled } = await settle([call("add", "eve@seeds.example.com")]);
    assert.deepEqual([archived, settled], [0, 1]);
  });

  it("stay where the state records them, with the note: the next up repeats the values", async () => {
    const { settled } = await settle([call("add")], { state: recording("JANE@seeds.example.com") });
    assert.deepEqual([settled, isArchived(email)], [0, false]);
  });

  it("stay, with the note and a problem, while the state records an enrollment of them that runs", async () => {
    const { lines, settled, problems, undecided, left } = await settle([call("add")], { state: enrolling(email) });
    assert.deepEqual([lines, settled, left, problems, isArchived(email)], [[], 0, 1, [], false]);
    assert.deepEqual(undecided, [
      "The contact j***@seeds.example.com was left in Mailmodo: a killed run may have added it, and urn:welcome enrolls it. Run " +
        "pulumi up, which adds it again, or pulumi destroy; then recover again, before the stack is removed. For a preview, run previews down.",
    ]);
  });

  it("stay so in a preview until it is destroyed, which recovers and removes it", async () => {
    const env = previewEnvironment("pr-1", "mine.yaml");
    const { undecided } = await settle([call("add")], { state: enrolling(email), env });
    assert.match(
      undecided.join(),
      /and urn:welcome enrolls it\. Run npx pulumi-mailmodo previews down --name pr-1 --settings mine\.yaml\.$/,
    );
  });

  it("are to be recorded where they stay so and a pending create tells of them, with a note or without", async () => {
    const state = { ...enrolling(tagged), pending_operations: [creating(tagged)] };
    for (const calls of [[], [call("add", tagged)]]) {
      const { adds, problems, undecided, settled, left } = await settle(calls, { state });
      assert.deepEqual([adds, problems, undecided, settled, left], [[[tagged, "urn:welcome"]], [], [], 0, 0]);
    }
    assert.equal(isArchived(tagged), false);
  });

  it("are to be recorded once where two kills have left a pending create each", async () => {
    const pending = ["urn:one", "urn:two"].map((urn) => creating(tagged, { urn }));
    const { adds } = await settle([], { state: { ...enrolling(tagged), pending_operations: pending } });
    assert.equal(adds.length, 1);
  });

  for (const [what, pending] of [
    ["other resources have pending operations, which would be dropped", [creating(tagged), OTHER]],
    ["their provider is gone", [creating(tagged, { provider: "urn:provider::1" })]],
  ] as const)
    it(`keep the state from being written where they stay so and ${what}`, async () => {
      const state = { ...enrolling(tagged), pending_operations: pending };
      const { problems, left, adds, needsPendingCreates } = await settle([], { state });
      assert.deepEqual([problems.length, left, adds, needsPendingCreates], [1, 1, [], true]);
      assert.match(
        problems[0]!,
        /or pulumi destroy --stack dev --target-dependents --target 'urn:welcome'; then recover again/,
      );
      assert.equal(isArchived(tagged), false);
      const env = previewEnvironment("pr-1", "Pulumi.preview.yaml");
      assert.match(
        (await settle([], { state, env })).problems.join(),
        / Run pulumi destroy --stack dev --target-dependents --target 'urn:welcome', and delete the Pulumi\.pr-1\.yaml that it makes; then recover again\.$/,
      );
    });

  it("are left for good, without the stack's tag, where a pending create alone tells of them", async () => {
    const state = { ...enrolling(email), pending_operations: [creating(email)] };
    const { lines, problems, undecided, left } = await settle([], { state });
    assert.match(
      lines.join(),
      /Left the contact j\*\*\*@seeds\.example\.com alone: whether the killed run has made it/,
    );
    assert.deepEqual([problems, undecided, left], [[], [], 0]);
  });

  it("are archived where the enrollment that the state records has ended", async () => {
    const ended = new Map([["urn:welcome", new Set([email])]]);
    const { settled } = await settle([call("add")], { state: enrolling(email), ended });
    assert.deepEqual([settled, isArchived(email)], [1, true]);
  });

  it("stay where another stack records them", async () => {
    const { lines, settled } = await settle([call("add")], { otherStack: { stack: "pr-7", isPending: false } });
    assert.deepEqual([settled, isArchived(email)], [1, false]);
    assert.deepEqual(lines, ["Left the contact j***@seeds.example.com in Mailmodo: the stack pr-7 has it."]);
  });

  it("stay, with the note, while another stack may be starting them, which has to be recovered first", async () => {
    const { settled, undecided, lines } = await settle([call("add")], {
      otherStack: { stack: "pr-7", isPending: true },
    });
    assert.deepEqual([lines, settled, isArchived(email)], [[], 0, false]);
    assert.deepEqual(undecided, [
      "Could not archive the contact j***@seeds.example.com: a run of the stack pr-7 is starting a journey for it or adding it, or " +
        "was killed in that. If that run goes on, wait for it. If it was killed, run npx pulumi-mailmodo recover --stack pr-7 first, " +
        "which says what to do; or, if that is a preview, " +
        "npx pulumi-mailmodo previews up --name pr-7, or previews down --name pr-7 (add the --settings that it was made with, if any). " +
        "The next recover tries again.",
    ]);
  });

  it("stay while another run works on the stack, and outside the allowed recipients", async () => {
    const waiting = await settle([call("add")], { reason: "a run of the stack has begun" });
    assert.match(
      waiting.undecided.join(),
      /a run of the stack has begun\. Nothing was sent\. The next recover tries again/,
    );
    const outside = await settle([call("add", "jane@example.org")]);
    assert.match(outside.undecided.join(), /outside mailmodo:allowedRecipients/);
    assert.deepEqual([waiting.settled, outside.settled, isArchived(email)], [0, 0, false]);
  });

  it("are archived by a pending create alone where they have the stack's tag", async () => {
    const state = { pending_operations: [creating(tagged), creating(email)] };
    const { lines, archived, problems } = await settle([], { state });
    assert.deepEqual([archived, problems, isArchived(tagged), isArchived(email)], [1, [], true, false]);
    assert.match(lines.join(), /Left the contact j\*\*\*@seeds\.example\.com alone/);
  });

  for (const unsettled of [{ problems: ["Could not abort."] }, { undecided: ["May have happened."] }]) {
    it(`stay, with the note, while an abort or a start is not settled: ${Object.keys(unsettled)[0]}`, async () => {
      const { settled, problems, undecided, archived } = await settle([call("add")], { unsettled });
      assert.deepEqual([settled, archived, isArchived(email)], [0, 0, false]);
      assert.match([...problems, ...undecided].join("\n"), /were left in Mailmodo, because a journey of them may run/);
    });
  }

  it("are to be recorded where a start is not decided and a pending create tells of them", async () => {
    const state = { pending_operations: [creating(tagged)] };
    const undecided = ["May have happened."];
    const left = await settle([], { state, unsettled: { undecided } });
    assert.deepEqual(
      [left.problems, left.undecided, left.adds, isArchived(tagged)],
      [[], undecided, [[tagged]], false],
    );
  });

  it("stay, with the note, while another note cannot be read, which may be of a start of them", async () => {
    const noted = await settle([call("add")], { areNotesComplete: false });
    assert.match(noted.undecided.join(), /^The contacts of the killed run were left in Mailmodo, because a journey /);
    const pending = await settle([], { state: { pending_operations: [creating(tagged)] }, areNotesComplete: false });
    assert.deepEqual([noted.settled, isArchived(email), isArchived(tagged)], [0, false, false]);
    assert.deepEqual([pending.problems, pending.adds], [[], [[tagged]]]);
  });

  it("are not spoken of where the state records them", async () => {
    const unsettled = { undecided: ["May have happened."] };
    const { undecided } = await settle([call("add")], { state: recording(email), unsettled });
    assert.deepEqual(undecided, ["May have happened."]);
  });

  it("are to be recorded where one of a pending create cannot be archived, which is said", async () => {
    const state = { pending_operations: [creating(tagged)] };
    const { problems, adds, lines } = await settle([], { state, reason: "a run of the stack has begun" });
    assert.deepEqual([problems, adds], [[], [[tagged]]]);
    assert.match(lines.join("\n"), /^Could not archive .*: a run of the stack has begun\. Nothing was sent\.$/);
  });

  it("are archived, by a note or a pending create, where the state has only the old half of their replacement, which is deleted", async () => {
    const state = { ...recording(tagged, DELETED), pending_operations: [creating(tagged, { urn: "urn:old" })] };
    assert.deepEqual([(await settle([], { state })).archived, isArchived(tagged)], [1, true]);
    const noted = await settle([call("add"), call("archive")], { state: recording(email, DELETED) });
    assert.deepEqual([noted.archived, noted.settled, isArchived(email)], [1, 2, true]);
  });

  it("stay where that old half was retained", async () => {
    const state = {
      ...recording(tagged, { ...DELETED, retainOnDelete: true }),
      pending_operations: [creating(tagged)],
    };
    assert.deepEqual([(await settle([], { state })).archived, isArchived(tagged)], [0, false]);
  });

  it("keep the note of an archive as long as the state records the contact", async () => {
    const recorded = await settle([call("archive")], { state: recording(email) });
    const gone = await settle([call("archive")]);
    assert.deepEqual([recorded.settled, gone.settled, isArchived(email)], [0, 1, false]);
  });

  it("are recorded with the time of the later of their note and their pending create, which may be of another run", async () => {
    const state = { ...enrolling(tagged), pending_operations: [creating(tagged)] };
    const settleAt = (sentAt: number) => settle([{ ...call("add", tagged), addSentAt: 7 }], { state, sentAt });
    assert.deepEqual([(await settleAt(9)).addSentAt, (await settleAt(5)).addSentAt], [[9], [7]]);
  });

  it("are recorded with the time of an add without a note where they may have been adopted", async () => {
    const { resource, ...create } = creating(tagged);
    const adopting = { ...create, resource: { ...resource, inputs: { ...resource.inputs, adopt: true } } };
    const state = { ...enrolling(tagged), pending_operations: [adopting] };
    assert.deepEqual((await settle([], { state, unnotedSentAt: 9 })).addSentAt, [9]);
  });
});
