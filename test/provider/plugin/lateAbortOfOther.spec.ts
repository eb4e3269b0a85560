import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { textOf } from "../../../provider/journal/noteLine";
import { readRuns, type RunFile } from "../../../provider/journal/runFile";
import { stackIdentity } from "../../../provider/journal/stackIdentity";
import type { Journal } from "../../../provider/journal/journal";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import type { EnrollmentState } from "../../../provider/model/inputs";
import { identify, type ProcessIdentity } from "../../../provider/processes/processIdentity";
import { backendOf } from "../../../provider/pulumi/backend";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { deadProcess } from "../../support/deadProcess";
import { inputs } from "../../support/enrollmentInputs";
import { journalOf } from "../../support/journalOf";
import { useKilledPlugin } from "../../support/killedPlugin";
import { useMovableClock } from "../../support/movableClock";
import { openJournal } from "../../support/openJournal";
import { useSandbox } from "../../support/sandbox";
import { writeAs } from "../../support/writeAs";

const mine = { ...inputs, stack: "organization/seeds/mine" };
const OTHER = "organization/seeds/other";
const others = { ...inputs, stack: OTHER };
const hasNotes = ({ notes }: RunFile) => notes.length > 0;
const WAITING = /^Waiting \d+ s: until then, an abort whose answer was lost may still take effect\.$/m;

describe("an abort by address of another stack that takes effect late", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });
  const leaveAsKilled = useKilledPlugin();
  // A home of its own.
  beforeEach(() => leaveAsKilled(async () => undefined));
  afterEach(() => session.journals.close());

  const begin = async () => {
    beginSession();
    await configure(settings(sandbox().url, { "mailmodo:requestTimeoutSeconds": "1" }), enrollmentLifecycle);
  };
  /** A start by the other stack whose answer was lost, so long ago that it can no longer take effect. */
  const unconfirmed = async () => {
    await begin();
    sandbox().faults.add({ kind: "gateway", on: "start", count: 1 });
    const failure = await clock.settle(enrollmentLifecycle.create(others)).then(
      () => assert.fail("it fails"),
      (error: Error & { id: string; properties: EnrollmentState }) => error,
    );
    await session.journals.close();
    clock.tick(60_000);
    return failure;
  };
  /** Leaves a note of the other stack, as a killed plugin does. */
  const leave = async (
    noted: (journal: Journal) => Promise<unknown>,
    { plugin = deadProcess(), ...key }: { plugin?: ProcessIdentity; apiKey?: string } = {},
  ) => {
    const here = { env: process.env, folder: process.cwd(), askCli: () => undefined };
    const stack = stackIdentity(OTHER, backendOf(here), pulumi.getProject());
    const folder = journalOf(process.env);
    await noted(await openJournal({ folder, stack, ...key }));
    writeAs(folder, plugin);
  };
  /** What a start by this stack prints. */
  const start = async () => {
    await begin();
    return printed(() => clock.settle(enrollmentLifecycle.create(mine)));
  };
  /** Once everything has taken effect. */
  const running = () => {
    clock.tick(3_600_000);
    return sandbox().running();
  };

  it("does not end what this stack starts while the run there goes on", async () => {
    const { id, properties } = await unconfirmed();
    await begin();
    sandbox().faults.add({ kind: "late", on: "abort", lateMs: 50_000, status: 504, count: 1 });
    const before = sandbox().journeyRequests().length;
    const lines = await printed(async () => {
      const ended = enrollmentLifecycle.delete(id, properties);
      while (sandbox().journeyRequests().length === before) await new Promise((resolve) => setImmediate(resolve));
      writeAs(journalOf(process.env), identify(process.ppid)!);
      await begin();
      await clock.settle(Promise.all([ended, enrollmentLifecycle.create(mine)]));
    });
    assert.match(lines.join("\n"), WAITING);
    assert.deepEqual(running(), [mine.email]);
  });

  it("does not end what this stack starts after the run there was killed", async () => {
    const { id, properties } = await unconfirmed();
    await begin();
    sandbox().faults.add({ kind: "late", on: "abort", lateMs: 55_000, status: 504, count: 1 });
    sandbox().faults.add({ kind: "500", on: "abort", takesEffect: false });
    await assert.rejects(clock.settle(enrollmentLifecycle.delete(id, properties)));
    sandbox().faults.clear();
    await session.journals.close();
    writeAs(journalOf(process.env), deadProcess());
    assert.match((await start()).join("\n"), WAITING);
    assert.deepEqual(running(), [mine.email]);
  });

  it("is waited for even if it is noted only after this run has begun", async () => {
    await begin();
    await clock.settle(enrollmentLifecycle.create({ ...mine, email: "bob@seeds.example.com" }));
    await leave((journal) => journal.addNote("abort", others));
    clock.tick(1_000);
    const lines = await printed(() => clock.settle(enrollmentLifecycle.create(mine)));
    assert.match(lines.join("\n"), WAITING);
  });

  it("is waited for again if another begins during the wait", async () => {
    await leave((journal) => journal.addNote("abort", others));
    clock.tick(30_000);
    const before = Date.now();
    await begin();
    await printed(async () => {
      const isWaiting = new Promise((resolve) => (console.log = resolve));
      const started = enrollmentLifecycle.create(mine);
      await isWaiting;
      clock.tick(10_000);
      await leave((journal) => journal.addNote("abort", others));
      await clock.settle(started);
    });
    assert.equal(Date.now() - before >= 70_000, true);
  });

  it("is waited for only until it is answered, if its run goes on", async () => {
    await leave((journal) => journal.addNote("abort", others), { plugin: identify(process.ppid)! });
    await begin();
    const lines = await printed(async () => {
      const started = enrollmentLifecycle.create(mine);
      await clock.waiting(250);
      const [{ file, notes } = assert.fail()] = readRuns(journalOf(process.env)).runs.filter(hasNotes);
      fs.appendFileSync(file, textOf({ id: notes[0]!.id, confirmed: "sealed" }));
      await clock.settle(started);
    });
    assert.deepEqual(lines, []);
    assert.deepEqual(running(), [mine.email]);
  });

  for (const [what, noted] of [
    ["was confirmed when it was sent first", async (journal) => (await journal.addNote("abort", others)).confirm()],
    ["is settled", async (journal) => (await journal.addNote("abort", others)).finish()],
    ["names an instance", (journal) => journal.addNote("abort", { ...others, instanceId: "an instance" })],
    ["is of another address", (journal) => journal.addNote("abort", { ...others, email: "bob@seeds.example.com" })],
    ["is of another journey", (journal) => journal.addNote("abort", { ...others, journeyId: "another journey" })],
  ] as const satisfies readonly (readonly [string, (journal: Journal) => Promise<unknown>])[])
    it(`is not waited for if it ${what}`, async () => {
      await leave(noted);
      assert.deepEqual(await start(), []);
    });

  it("is not waited for if it was sent with another API key: that is another Mailmodo account", async () => {
    await leave((journal) => journal.addNote("abort", others), { apiKey: "TESTKEY-0000000-0000000-0000002" });
    assert.deepEqual(await start(), []);
  });

  it("is not waited for once it can no longer take effect", async () => {
    await leave((journal) => journal.addNote("abort", others));
    clock.tick(60_000);
    assert.deepEqual(await start(), []);
  });
});
