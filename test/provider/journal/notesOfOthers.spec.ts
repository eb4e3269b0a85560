import assert from "node:assert/strict";
import disk from "node:fs";
import * as path from "node:path";
import type { CallKind } from "../../../provider/journal/noteLine";
import { NotesOfOthers } from "../../../provider/journal/notesOfOthers";
import { ENDING } from "../../../provider/journal/runFile";
import { Sealing } from "../../../provider/journal/sealing";
import { deadProcess } from "../../support/deadProcess";
import { inputs } from "../../support/enrollmentInputs";
import { useMovableClock } from "../../support/movableClock";
import { openJournal } from "../../support/openJournal";
import { useTemporaryFolder } from "../../support/temporaryFolder";
import { writeAs } from "../../support/writeAs";
import { SANDBOX_KEY } from "mailmodo-sandbox";

const stack = { backend: "b", project: "seeds", organization: "organization", stack: "mine" };
const other = { ...stack, stack: "other" };

describe("the notes of other stacks on this machine", () => {
  const clock = useMovableClock();
  const folder = useTemporaryFolder();
  const { readFileSync } = disk;
  const read: string[] = [];
  beforeEach(() => {
    read.length = 0;
    disk.readFileSync = ((file: string, ...options: []) => {
      if (String(file).endsWith(ENDING)) read.push(file);
      return readFileSync(file, ...options);
    }) as typeof readFileSync;
  });
  afterEach(() => void (disk.readFileSync = readFileSync));

  const leave = async (of = other, kind: CallKind = "abort") => {
    const journal = await openJournal({ folder: folder(), stack: of });
    await journal.addNote(kind, inputs);
    writeAs(folder(), deadProcess());
    read.length = 0;
  };
  const notes = () => new NotesOfOthers({ folder: folder(), stack }, new Sealing(SANDBOX_KEY));

  it("are read again only if they have changed", async () => {
    const ofOthers = notes();
    for (let left = 1; left <= 3; left++) {
      await leave();
      assert.equal(ofOthers.abortsOf(inputs).length, left);
      assert.equal(read.length, 1);
      clock.tick(10_000);
      assert.equal(ofOthers.abortsOf(inputs).length, left);
      assert.equal(read.length, 1);
      clock.tick(10_000);
    }
  });

  it("are not looked at for each of many starts", async () => {
    const ofOthers = notes();
    assert.deepEqual(ofOthers.abortsOf(inputs), []);
    await leave();
    assert.deepEqual(ofOthers.abortsOf(inputs), []);
    clock.tick(250);
    assert.equal(ofOthers.abortsOf(inputs).length, 1);
  });

  it("are of any project and backend, but not of the stack itself", async () => {
    for (const of of [other, { ...stack, project: "another" }, { ...stack, backend: "another" }, stack])
      await leave(of);
    assert.equal(notes().abortsOf(inputs).length, 3);
  });

  it("tell of the starts and adds of a contact by the project's stacks in the same backend and organization", async () => {
    for (const kind of ["start", "add", "abort", "archive"] as const) await leave(other, kind);
    for (const of of [{ ...stack, project: "another" }, { ...stack, organization: "another" }, stack])
      await leave(of, "start");
    const calls = notes().startsAndAddsOf("QA@seeds.example.com");
    assert.deepEqual(calls.map(({ kind, ofStack }) => `${kind} of ${ofStack}`).sort(), [
      "add of other",
      "start of other",
    ]);
    assert.deepEqual(notes().startsAndAddsOf("bob@seeds.example.com"), []);
  });

  it("are none where the folder does not exist", () => {
    const nowhere = path.join(folder(), "nowhere");
    assert.deepEqual(new NotesOfOthers({ folder: nowhere, stack }, new Sealing(SANDBOX_KEY)).abortsOf(inputs), []);
  });
});
