import assert from "node:assert/strict";
import { ContactDoubts } from "../../../../provider/commands/recover/contactDoubts";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import { sentAtLatest, type SentAtLatest } from "../../../../provider/commands/recover/sentAtLatest";
import type { UnsettledCall } from "../../../../provider/journal/unsealedNotes";
import { addNote } from "../../../../provider/model/contactNote";
import { TYPES } from "../../../../provider/model/stateFormat";
import type { PendingOperation } from "../../../../provider/pulumi/deployment";
import { RecordedIndex } from "../../../../provider/pulumi/recordedIndex";
import type { StateResource } from "../../../../provider/pulumi/stateResource";

const stack = "organization/seeds/dev";
const email = "jane@seeds.example.com";
const tagged = "ada+seeds.dev@seeds.example.com";

const recorded: StateResource = { urn: "urn:old", type: TYPES.contact, outputs: { email, adopted: false } };
/** Also recorded, as until a delete is done. */
const deleting = (more: Partial<StateResource> = {}): PendingOperation => ({
  type: "deleting",
  resource: { ...recorded, ...more },
});
const note: UnsettledCall = {
  ...addNote({ email, stack, list: "Seeds", data: { seats: 3 } }),
  kind: "add",
  confirmed: false,
  addSentAt: 7,
  file: "notes",
  id: 1,
};

/** What is doubted of the resources, by their indices, and said. */
function doubtsOf(
  pending: PendingOperation,
  given: { resources?: readonly StateResource[]; calls?: readonly UnsettledCall[]; latest?: SentAtLatest } = {},
) {
  const { resources = [recorded], calls = [], latest = () => 0 } = given;
  const lines: string[] = [];
  const doubts = new ContactDoubts(
    new RecordedIndex({ resources }),
    latest,
    nextCommands({ stack: "dev", env: {} }),
    (line) => void lines.push(line),
  );
  const found = [...doubts.of([pending], calls)];
  return { lines, doubts: found.map(([resource, doubt]) => [resources.indexOf(resource), doubt] as const) };
}

describe("the contacts that a state records, after a kill", () => {
  it("may have been archived by a pending delete", () => {
    const { doubts, lines } = doubtsOf(deleting());
    assert.deepEqual(doubts, [[0, { isToAdd: true }]]);
    assert.deepEqual(lines, [
      "The killed run may have archived the contact j***@seeds.example.com. The next pulumi up adds it again; a destroy archives it.",
    ]);
  });

  for (const [what, more] of [
    ["leaves them", { outputs: { email, adopted: true } }],
    ["is of one adopted earlier", { outputs: { email, adopted: true, adopt: false, onDelete: "archive" } }],
    ["is of the old half of a replacement", { delete: true }],
    ["is retained", { retainOnDelete: true }],
    ["is of an enrollment", { type: TYPES.enrollment }],
  ] as const) {
    it(`have not been archived by a pending delete that ${what}`, () => {
      const { doubts, lines } = doubtsOf(deleting(more));
      assert.deepEqual([doubts, lines], [[], []]);
    });
  }

  for (const type of ["updating", "creating"] as const)
    it(`may be changed yet by a pending operation that was ${type} one that the state records`, () => {
      const pending = { type, resource: { ...recorded, inputs: { email } } };
      const { doubts, lines } = doubtsOf(pending);
      assert.deepEqual(doubts, [[0, { isToAdd: true, addSentAt: 0 }]]);
      assert.deepEqual(lines, [
        "The killed run may have changed the contact j***@seeds.example.com. The next pulumi up adds it again; a destroy waits, if necessary, until its add can no longer take effect.",
      ]);
      assert.deepEqual(doubtsOf(pending, { calls: [note] }).doubts, [[0, { isToAdd: true, addSentAt: 7 }]]);
      // The pending operation may be of a later run, on another machine.
      const { addSentAt, ...confirmed } = { ...note, confirmed: true };
      for (const call of [note, confirmed])
        assert.deepEqual(doubtsOf(pending, { calls: [call], latest: () => addSentAt! + 2 }).doubts, [
          [0, { isToAdd: true, addSentAt: 9 }],
        ]);
    });

  for (const [what, isAdopted, inputs] of [
    ["changing an adopted one", true, {}],
    ["adopting one that another resource has", false, { adopt: true }],
  ] as const)
    it(`may have been added without a note by a pending operation that was ${what}`, () => {
      const resource = { ...recorded, outputs: { email, adopted: isAdopted, adopt: true } };
      const pending = { type: "updating", resource: { ...resource, inputs: { email, ...inputs } } };
      const seenAt = Date.now();
      // The run's lock is two minutes old.
      const latest = sentAtLatest(performance.now(), seenAt - 120_000);
      const [[, { addSentAt = 0 }] = [0, { addSentAt: 0 }]] = doubtsOf(pending, {
        resources: [resource],
        latest,
      }).doubts;
      assert.ok(Math.abs(addSentAt - seenAt) < 5_000, `${addSentAt - seenAt} ms off`);
    });

  it("are judged each for itself where the halves of a replacement, which have one URN, record two", () => {
    const old = { urn: "urn:old", type: TYPES.contact, delete: true };
    const halves = [
      { ...old, outputs: { email: tagged, adopted: false } },
      { ...old, outputs: { email, adopted: true, adopt: false, onDelete: "archive" } },
    ];
    const updating = { type: "updating", resource: { ...old, inputs: { email } } };
    assert.deepEqual(doubtsOf(updating, { resources: halves }).doubts, [[1, { isToAdd: false, addSentAt: 0 }]]);
    const deletion = { type: "deleting", resource: { ...halves[0]!, delete: false } };
    assert.deepEqual(doubtsOf(deletion, { resources: halves }).doubts, [[0, { isToAdd: true }]]);
  });
});
