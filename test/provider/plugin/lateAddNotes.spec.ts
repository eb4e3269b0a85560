import assert from "node:assert/strict";
import { SANDBOX_KEY, type Fault } from "mailmodo-sandbox";
import { Archives } from "../../../provider/commands/recover/archives";
import { LeftoverContacts } from "../../../provider/commands/recover/leftoverContacts";
import { nextCommands } from "../../../provider/commands/recover/nextCommands";
import { sentAtLatest } from "../../../provider/commands/recover/sentAtLatest";
import { readOtherRuns } from "../../../provider/journal/otherRuns";
import { stackIdentity } from "../../../provider/journal/stackIdentity";
import { unsealNotes } from "../../../provider/journal/unsealedNotes";
import type { ContactInputs } from "../../../provider/model/contactInputs";
import { parseRecipients } from "../../../provider/model/recipients";
import contactLifecycle from "../../../provider/plugin/contactLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import { backendOf, journalFolder } from "../../../provider/pulumi/backend";
import { RecordedIndex } from "../../../provider/pulumi/recordedIndex";
import { configure, settings } from "../../support/configure";
import { contactInputs } from "../../support/contactInputs";
import { deadProcess } from "../../support/deadProcess";
import { useKilledPlugin } from "../../support/killedPlugin";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";
import { connectionTo } from "../../support/vendor";
import { writeAs } from "../../support/writeAs";

const timeoutMs = 1_000;
const stack = "organization/seeds/test";
const ada: ContactInputs = { ...contactInputs, email: "ada+seeds.test@seeds.example.com", stack };
const MINUTE_MS = 60_000;
/** By when everything has taken effect. */
const HOUR_MS = 3_600_000;

describe("an add of a run that is killed before the state shows it, and that takes effect late", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });
  const leaveAsKilled = useKilledPlugin();
  beforeEach(async () => {
    // A home of its own.
    await leaveAsKilled(async () => undefined);
    await begin();
  });

  const begin = async () => {
    beginSession();
    await configure(settings(sandbox().url, { "mailmodo:requestTimeoutSeconds": "1" }), contactLifecycle);
  };
  const fail = (fault: Pick<Fault, "count"> = {}) =>
    sandbox().faults.add({ kind: "500", on: "addToList", takesEffect: false, ...fault });
  const loseOne = (lateMs: number) =>
    sandbox().faults.add({ kind: "late", on: "addToList", lateMs, status: 504, count: 1 });
  const folder = () => journalFolder(here());
  const here = () => ({ env: process.env, folder: process.cwd(), askCli: () => undefined });
  const kill = () => writeAs(folder(), deadProcess());
  const notes = async () => {
    const identity = stackIdentity(stack, backendOf(here()));
    const options = { folder: folder(), stack: identity, apiKey: SANDBOX_KEY, formerApiKey: async () => undefined };
    const runs = await readOtherRuns(options);
    return runs.ofStack.flatMap((run) => unsealNotes(run, runs.sealing).unsealed.map(({ call }) => call));
  };
  /** Recovers with the notes alone. @returns What it says. */
  const recover = async () => {
    kill();
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const aborts = { problems: [] as string[], undecided: [] as string[], reasonToWait: async () => undefined };
    const recipients = parseRecipients('["*@seeds.example.com"]');
    const connect = () => ({ ...connectionTo(sandbox().url, SANDBOX_KEY), requestTimeoutMs: timeoutMs, log });
    const archives = new Archives(aborts, { findStackWithContact: async () => undefined }, connect, recipients, log);
    const latest = sentAtLatest(performance.now(), undefined);
    const contacts = new LeftoverContacts(
      "dev",
      new RecordedIndex({}),
      new Map(),
      archives,
      latest,
      nextCommands({ stack: "dev", env: {} }),
      log,
    );
    await clock.settle(contacts.settle(await notes(), {}));
    return lines.join("\n");
  };
  const active = () => {
    clock.tick(HOUR_MS);
    const contacts = sandbox().contacts();
    return contacts.flatMap(({ email, archived }) => (archived ? [] : [email]));
  };

  it("is outlasted from its last attempt on", async () => {
    const began = Date.now();
    fail({ count: 5 });
    loseOne(55_000);
    await assert.rejects(clock.settle(contactLifecycle.create(ada)));
    // A minute after its first attempt.
    clock.tick(Math.max(0, MINUTE_MS - (Date.now() - began)));
    assert.match(await recover(), /^Waiting \d+ s: until then, an add whose answer was lost may still take effect\./);
    assert.deepEqual(active(), []);
  });

  it("is outlasted where a retry of it was confirmed", async () => {
    loseOne(50_000);
    await clock.settle(contactLifecycle.create(ada));
    assert.match(await recover(), /^Waiting \d+ s: /);
    assert.deepEqual(active(), []);
  });

  it("is not waited for where it was confirmed when it was sent first", async () => {
    await clock.settle(contactLifecycle.create(ada));
    assert.equal(await recover(), "Archived the contact a***@seeds.example.com.");
    assert.deepEqual(active(), []);
  });

  /** Loses the add of one run, which is killed, and lets a later run add the contact. */
  const addAgainAfterLoss = async () => {
    loseOne(55_000);
    fail();
    await assert.rejects(clock.settle(contactLifecycle.create(ada)));
    sandbox().faults.clear();
    kill();
    await begin();
    await clock.settle(contactLifecycle.create(ada));
  };

  it("is outlasted where a later run has added the contact, and was killed before the state shows it, too", async () => {
    await addAgainAfterLoss();
    assert.match(await recover(), /Waiting \d+ s: /);
    assert.deepEqual(active(), []);
  });

  it("has no note any more once the later run has ended", async () => {
    await addAgainAfterLoss();
    await session.journals.close();
    assert.deepEqual(await notes(), []);
  });
});
