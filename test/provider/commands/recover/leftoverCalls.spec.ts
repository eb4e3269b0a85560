import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { textOf } from "../../../../provider/journal/noteLine";
import { readOtherRuns } from "../../../../provider/journal/otherRuns";
import { headerText, readRun } from "../../../../provider/journal/runFile";
import type { StackIdentity } from "../../../../provider/journal/stackIdentity";
import { identify, type ProcessIdentity } from "../../../../provider/processes/processIdentity";
import {
  finishNotes,
  leftoverCalls,
  type LeftoverCallsOptions,
} from "../../../../provider/commands/recover/leftoverCalls";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import { deadProcess } from "../../../support/deadProcess";
import { journeyId } from "../../../support/journeyId";
import { openJournal } from "../../../support/openJournal";
import { writeAs } from "../../../support/writeAs";

const apiKey = "TESTKEY-0000000-0000000-0000001";
const stack: StackIdentity = { backend: "b1", project: "seeds", stack: "test", organization: "organization" };
const enrollment = {
  journeyId,
  email: "ada@seeds.example.com",
  abortReason: "preview closed",
  allowDuplicateEmail: false,
};
const instanceId = "11111111-2222-4333-8444-555555555555";

describe("what runs have left for a recover", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "journal-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Leaves a note of an abort, as a process has written it. */
  async function leave(plugin: ProcessIdentity, of: StackIdentity = stack): Promise<void> {
    await (await openJournal({ folder, stack: of, apiKey })).addNote("abort", { ...enrollment, instanceId });
    writeAs(folder, plugin);
  }
  const look = async (options: Partial<LeftoverCallsOptions> = {}, key = apiKey) =>
    leftoverCalls({
      runs: await readOtherRuns({ folder, stack, apiKey: key, formerApiKey: async () => undefined }),
      name: "test",
      namesOfStacks: async () => new Set(["test", "other"]),
      isRecorded: () => false,
      again: nextCommands({ stack: "test", env: {} }).again,
      ...options,
    });
  const file = () => path.join(folder, fs.readdirSync(folder)[0]!);
  const edit = (change: (text: string) => string) => fs.writeFileSync(file(), change(fs.readFileSync(file(), "utf8")));
  const foreignMachine: ProcessIdentity = { ...identify()!, boot: "another", host: "runner-7", pid: 7 };

  it("is settled where the run is dead", async () => {
    await leave(deadProcess());
    const left = await look();
    assert.deepEqual([left.calls.length, left.undecided], [1, []]);
    finishNotes(left, left.calls);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("is settled where a person or its age says so, and nothing proves it", async () => {
    await leave(foreignMachine);
    for (const options of [{}, { lockDeadAfterMs: 60_000 }]) {
      const { calls, undecided } = await look(options);
      assert.equal(calls.length, 0);
      assert.match(
        undecided.join(),
        /^A run of test \(pid 7 on runner-7\) left notes of 1 call in \S+\.jsonl, and whether it has ended cannot be determined/,
      );
    }
    for (const options of [{ runIsOver: true }, { lockDeadAfterMs: 0 }]) {
      const left = await look(options);
      assert.deepEqual([left.calls.length, left.undecided], [1, []]);
    }
  });

  it("is never settled while the run is in progress, whatever the user asserts", async () => {
    await leave({ ...identify(process.ppid)! });
    const header = { ...readRun(file()).header!, engine: identify()! };
    edit((text) => text.replace(/^.*/, headerText(header)));
    const { calls, undecided } = await look({ runIsOver: true, lockDeadAfterMs: 0 });
    assert.equal(calls.length, 0);
    assert.match(undecided.join(), /^A run of test \(pid \d+ on \S+\) is in progress, with 1 call\. Wait for it/);
  });

  const notOurs: [what: string, of: Partial<StackIdentity>, says: RegExp | undefined][] = [
    ["another stack's", { stack: "other" }, undefined],
    ["another project's", { project: "other" }, undefined],
    [
      "its namesake's in another backend",
      { backend: "b2" },
      /^A run of the stack seeds\/test, in another backend or organization/,
    ],
    ["its namesake's in another organization", { organization: "acme" }, /in another backend or organization/],
    [
      "another stack's in another organization",
      { organization: "acme", stack: "prod" },
      /^A run of the stack seeds\/prod, in another backend or organization than test, .*; its organization is acme\.$/,
    ],
  ];
  for (const [what, of, says] of notOurs) {
    it(`is not touched where it is ${what}${says === undefined ? "" : ", and named"}`, async () => {
      await leave(deadProcess(), { ...stack, ...of });
      const { calls, undecided } = await look({ runIsOver: true });
      assert.equal(calls.length, 0);
      if (says === undefined) assert.deepEqual(undecided, []);
      else assert.match(undecided.join(), says);
    });
  }

  it("is an abort that another stack noted where this one records the instance: it was moved here", async () => {
    await leave(deadProcess(), { ...stack, stack: "other" });
    const left = await look({ isRecorded: (id) => id === instanceId });
    assert.equal(left.calls.length, 1);
    finishNotes(left, left.calls);
    assert.deepEqual((await look({ isRecorded: (id) => id === instanceId })).calls, []);
    assert.equal(fs.readdirSync(folder).length, 1, "the file is the other stack's to remove");
  });

  it("is what a stack left that is not there any more, renamed or removed: nobody else would settle it", async () => {
    await leave(deadProcess(), { ...stack, stack: "old" });
    const left = await look();
    assert.equal(left.calls.length, 1);
    finishNotes(left, left.calls);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("is named where it cannot be proven that the run of a stack that is not there any more has ended", async () => {
    await leave(foreignMachine, { ...stack, stack: "old" });
    const { calls, undecided } = await look();
    assert.equal(calls.length, 0);
    assert.match(
      undecided.join(),
      /^A run of the former stack seeds\/old \(pid 7 on runner-7\) left notes of 1 call in \S+, and whether it has ended cannot/,
    );
  });

  it("is settled then where a person says so", async () => {
    await leave(foreignMachine, { ...stack, stack: "old" });
    const { calls, undecided } = await look({ runIsOver: true });
    assert.deepEqual([calls.length, undecided], [1, []]);
  });

  for (const [name, named] of [
    ["old", 1],
    ["other", 0],
  ] as const)
    it(`belongs to the stack in its notes where the first line is damaged: ${name}`, async () => {
      await leave(deadProcess(), { ...stack, stack: name });
      edit((text) => text.slice(1));
      const { calls, undecided } = await look();
      assert.deepEqual([calls.length, undecided.length], [0, named]);
    });

  it("is named, and its file kept, where a note is damaged beside others that are settled", async () => {
    await leave(deadProcess());
    edit((text) => `${text}${textOf({ id: 2, call: "start", sealed: "x", sentAt: 1 }).slice(0, -1)}|`);
    const left = await look();
    finishNotes(left, left.calls);
    assert.deepEqual([left.calls.length, fs.readdirSync(folder).length], [1, 1]);
    const { undecided } = await look();
    assert.match(undecided.join(), /^1 unsettled call cannot be read: damaged, .* delete \S+\.jsonl\.$/);
  });

  it("is the project's where the state does not tell the stack, as that of 0.1.0", async () => {
    await leave(deadProcess(), { backend: "b1", project: "seeds" });
    assert.equal((await look()).calls.length, 1);
  });

  it("is named where another key is needed, and where the first line is damaged as well", async () => {
    await leave(deadProcess());
    assert.match(
      (await look({}, "TESTKEY-0000000-0000000-0000002")).undecided.join(),
      /^1 unsettled call cannot be read: damaged, or sealed with another API key\./,
    );
    edit((text) => text.slice(1));
    assert.match(
      (await look()).undecided.join(),
      /^A run of test left notes of 1 call in \S+, and whether it has ended cannot be determined/,
    );
    assert.equal((await look({ runIsOver: true })).calls.length, 1, "the note itself tells its stack");
    const { undecided } = await look({ runIsOver: true }, "TESTKEY-0000000-0000000-0000002");
    assert.match(undecided.join(), /\.jsonl holds 1 unfinished note of an unknown stack/);
  });

  it("is named where a file, or the folder, cannot be read by this user", async () => {
    await leave(deadProcess());
    for (const [what, says] of [
      [file(), /\.jsonl cannot be read \(EACCES\)/],
      [folder, /journal-\S+ cannot be read \(EACCES\)/],
    ] as const) {
      const { mode } = fs.statSync(what);
      fs.chmodSync(folder, 0o755);
      fs.chmodSync(what, 0);
      // Root may read whatever it likes.
      const isRoot = process.getuid?.() === 0;
      if (isRoot) process.seteuid?.(65534);
      try {
        const { undecided } = await look();
        assert.match(undecided.join(), says);
      } finally {
        if (isRoot) process.seteuid?.(0);
        fs.chmodSync(what, mode);
      }
    }
  });

  it("is kept where the run has written more since", async () => {
    await leave(deadProcess());
    const left = await look();
    fs.appendFileSync(file(), textOf({ id: 2, call: "start", sealed: "x", sentAt: 1 }));
    finishNotes(left, left.calls);
    assert.equal(fs.readdirSync(folder).length, 1);
  });
});
