import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { Archives } from "../../../../provider/commands/recover/archives";
import { LeftoverContacts } from "../../../../provider/commands/recover/leftoverContacts";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import { sentAtLatest } from "../../../../provider/commands/recover/sentAtLatest";
import type { UnsettledCall } from "../../../../provider/journal/unsealedNotes";
import { sendOnce } from "../../../../provider/mailmodo/transport";
import { addNote } from "../../../../provider/model/contactNote";
import { parseRecipients } from "../../../../provider/model/recipients";
import { TYPES } from "../../../../provider/model/stateFormat";
import type { Deployment } from "../../../../provider/pulumi/deployment";
import { RecordedIndex } from "../../../../provider/pulumi/recordedIndex";
import { useMovableClock } from "../../../support/movableClock";
import { useSandbox } from "../../../support/sandbox";
import { connectionTo } from "../../../support/vendor";

const stack = "organization/seeds/dev";
const jane = "jane@seeds.example.com";
const ada = "ada+seeds.dev@seeds.example.com";
/** By when everything has taken effect. */
const HOUR_MS = 3_600_000;

describe("a recovery while an add may still take effect", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });
  let sentAt: number;

  /** Sends an add that takes effect late; the run that sent it is killed. */
  const lose = async (email: string, lateMs: number) => {
    sandbox().addFault({ kind: "late", on: "addToList", lateMs, status: 504, count: 1 });
    sentAt = Date.now();
    const connection = connectionTo(sandbox().url, SANDBOX_KEY);
    const body = { email, listName: "Seeds", data: { seats: 3 } };
    const permit = await connection.pace.permit();
    await sendOnce(connection, { call: "add", method: "POST", path: "/api/v1/addToList", body }, permit);
    clock.tick(4_000);
  };
  const note = (email: string, confirmed = false): UnsettledCall => ({
    ...addNote({ email, list: "Seeds", stack, data: { seats: 3 } }),
    kind: "add",
    confirmed,
    ...(confirmed ? {} : { addSentAt: sentAt }),
    file: "notes",
    id: 1,
  });
  const recover = async (calls: readonly UnsettledCall[], state: Deployment = {}) => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const aborts = { problems: [] as string[], undecided: [] as string[], reasonToWait: async () => undefined };
    const connect = () => ({ ...connectionTo(sandbox().url, SANDBOX_KEY), log });
    const otherStacks = { findStackWithContact: async () => undefined };
    const recipients = parseRecipients('["*@seeds.example.com"]');
    const archives = new Archives(aborts, otherStacks, connect, recipients, log);
    const latest = sentAtLatest(performance.now(), undefined);
    const contacts = new LeftoverContacts(
      "dev",
      new RecordedIndex(state),
      new Map(),
      archives,
      latest,
      nextCommands({ stack: "dev", env: {} }),
      log,
    );
    await clock.settle(contacts.settle(calls, state));
    return { lines, settled: contacts.settled.length, problems: [...aborts.problems, ...aborts.undecided] };
  };
  const active = () => {
    clock.tick(HOUR_MS);
    return sandbox()
      .contacts()
      .filter(({ archived }) => !archived)
      .map(({ email }) => email);
  };

  for (const [what, email] of [
    ["with the stack's tag", ada],
    ["without a tag", jane],
  ] as const) {
    it(`waits for one ${what}, and archives it then`, async () => {
      await lose(email, 9_000);
      const { lines, settled } = await recover([note(email)]);
      assert.match(lines[0]!, /^Waiting 56 s: until then, an add whose answer was lost may still take effect\.$/);
      assert.match(lines[1]!, /^Archived the contact /);
      assert.deepEqual([settled, active()], [1, []]);
    });
  }

  it("waits once where several notes tell of it, by the latest of their adds", async () => {
    await lose(jane, 9_000);
    const first = note(jane);
    clock.tick(20_000);
    await lose(jane, 50_000);
    const { lines, settled } = await recover([first, { ...note(jane), id: 2 }]);
    assert.match(lines[0]!, /^Waiting 56 s: /);
    assert.match(lines[1]!, /^Archived the contact /);
    assert.deepEqual([lines.length, settled, active()], [2, 2, []]);
  });

  it("waits where a pending create alone tells of it", async () => {
    await lose(ada, 50_000);
    const resource = { urn: "urn:ada", type: TYPES.contact, inputs: { email: ada, stack } };
    const { lines } = await recover([], { pending_operations: [{ type: "creating", resource }] });
    assert.match(lines[0]!, /^Waiting 60 s: /);
    assert.deepEqual(active(), []);
  });

  it("waits for none that is a minute old, or was confirmed", async () => {
    sandbox().setContacts([{ email: jane, lists: ["Seeds"], data: { seats: 3 } }]);
    sentAt = Date.now() - 60_000;
    const { lines } = await recover([note(ada), note(jane, true)]);
    assert.deepEqual(
      lines.filter((line) => line.startsWith("Waiting")),
      [],
    );
    assert.deepEqual(active(), []);
  });

  it("archives nothing where it is to end before that, and says from when on to recover again", async () => {
    await lose(ada, 50_000);
    const lines: string[] = [];
    const connection = connectionTo(sandbox().url, SANDBOX_KEY);
    const aborts = { problems: [] as string[], undecided: [] as string[], reasonToWait: async () => undefined };
    const log = (line: string) => void lines.push(line);
    const otherStacks = { findStackWithContact: async () => undefined };
    const archives = new Archives(
      aborts,
      otherStacks,
      () => ({ ...connection, log }),
      parseRecipients('["*@seeds.example.com"]'),
      log,
    );
    const ended = archives.archive(ada, { addSentAt: sentAt });
    await clock.waiting(56_000);
    connection.pace.releaseAll();
    assert.match(
      (await ended)!,
      /its add, sent at 12:00:00 UTC, may still take effect\. Run it again from 12:01:00 UTC on\.$/,
    );
  });
});
