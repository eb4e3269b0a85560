import assert from "node:assert/strict";
// The module itself, not a copy of its names: what is replaced in it is replaced for the provider.
import fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { OwnNotes } from "../../../provider/journal/ownNotes";
import { readRuns } from "../../../provider/journal/runFile";
import { identify } from "../../../provider/processes/processIdentity";

const stack = { backend: "b1", project: "seeds", stack: "test", organization: "organization" };

describe("the notes of a run", () => {
  let folder: string;
  let restore: () => void = () => {};
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "journal-"))));
  afterEach(() => {
    restore();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const ownNotes = () => new OwnNotes(folder, { stack, plugin: identify()!, since: 1 });
  const noted = () => readRuns(folder).runs.flatMap(({ notes }) => notes.map(({ sealed }) => sealed));

  /** Lets each write take so many bytes at most; where `full` says so, the disk is full. */
  function replaceWrite(atMost: number, isFull: () => boolean): void {
    const { writeSync } = fs;
    const short = (descriptor: number, bytes: Uint8Array) => {
      if (isFull()) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      return writeSync(descriptor, bytes.subarray(0, atMost));
    };
    Object.assign(fs, { writeSync: short });
    restore = () => Object.assign(fs, { writeSync });
  }

  it("are written whole where the disk takes less at a time than it is given", async () => {
    replaceWrite(7, () => false);
    const own = ownNotes();
    await own.add("start", "first");
    await own.add("start", "second");
    assert.deepEqual(noted(), ["first", "second"]);
  });

  it("are refused when the disk is full half-way, and what was written before stands", async () => {
    let left = Infinity;
    replaceWrite(10, () => --left < 0);
    const own = ownNotes();
    await own.add("start", "first");
    left = 3;
    await assert.rejects(own.add("start", "second"), { code: "ENOSPC" });
    left = Infinity;
    await own.add("start", "third");
    assert.deepEqual(noted(), ["first", "third"]);
  });

  it("tell when a start is sent again, or refuse it: until when it may take effect depends on that", async () => {
    let isFull = false;
    replaceWrite(1_000, () => isFull);
    const own = ownNotes();
    const id = await own.add("start", "first");
    const sentAt = () => readRuns(folder).runs[0]!.notes[0]!.sentAt;
    const before = sentAt();
    const { now } = Date;
    Date.now = () => before + 5_000;
    try {
      own.updateSentAt(id);
      assert.equal(sentAt(), before + 5_000);
      isFull = true;
      assert.throws(() => own.updateSentAt(id), { code: "ENOSPC" });
    } finally {
      Date.now = now;
    }
  });

  it("are in a new file once theirs was removed, by what cleans caches, say", async () => {
    const own = ownNotes();
    await own.add("start", "first");
    fs.rmSync(folder, { recursive: true });
    await own.add("start", "second");
    assert.deepEqual(noted(), ["second"]);
  });

  it("are on the disk in the new file before they count, and nothing is closed before it is", async () => {
    const { fdatasync } = fs;
    const links: number[] = [];
    const slow = (descriptor: number, done: fs.NoParamCallback) =>
      setImmediate(() => {
        links.push(fs.fstatSync(descriptor).nlink);
        fdatasync(descriptor, done);
      });
    Object.assign(fs, { fdatasync: slow });
    restore = () => Object.assign(fs, { fdatasync });
    const own = ownNotes();
    const first = own.add("start", "first");
    await new Promise((resolve) => process.nextTick(resolve));
    const second = own.add("start", "second");
    fs.rmSync(folder, { recursive: true });
    await own.add("start", "third");
    assert.deepEqual([links.includes(1), noted()], [true, ["third"]]);
    await Promise.all([first, second]);
  });

  it("leave no file behind that could not be begun", async () => {
    replaceWrite(10, () => true);
    await assert.rejects(ownNotes().add("start", "first"), { code: "ENOSPC" });
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("are on the disk before they count, many of them by one sync", async () => {
    const { fdatasync } = fs;
    const synced: string[][] = [];
    const counting: typeof fs.fdatasync = ((descriptor: number, done: fs.NoParamCallback) => {
      synced.push(noted());
      fdatasync(descriptor, done);
    }) as typeof fs.fdatasync;
    Object.assign(fs, { fdatasync: counting });
    restore = () => Object.assign(fs, { fdatasync });
    const own = ownNotes();
    const names = Array.from({ length: 50 }, (_, nth) => `note ${nth}`);
    await Promise.all(names.map((name) => own.add("start", name)));
    assert.deepEqual(synced.at(-1), names);
    assert.ok(synced.length <= 2, `${synced.length} syncs`);
  });

  it("refuse the call where the sync fails", async () => {
    const { fdatasync } = fs;
    Object.assign(fs, {
      fdatasync: (_: number, done: fs.NoParamCallback) => done(Object.assign(new Error("I/O"), { code: "EIO" })),
    });
    restore = () => Object.assign(fs, { fdatasync });
    const own = ownNotes();
    await assert.rejects(own.add("start", "first"), { code: "EIO" });
    restore();
    assert.equal(await own.add("start", "second"), 2);
    assert.deepEqual(noted(), ["second"]);
  });

  it("stay as a file during a run, even when every note is finished", async () => {
    const own = ownNotes();
    own.openForRun();
    own.finish(await own.add("start", "first"));
    assert.equal(fs.readdirSync(folder).length, 1);
  });

  it("leave no file after a run whose notes are all finished", async () => {
    const own = ownNotes();
    own.openForRun();
    own.finish(await own.add("start", "first"));
    own.close();
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it("stay as a file after a run that left a note unfinished", async () => {
    const own = ownNotes();
    own.openForRun();
    await own.add("start", "first");
    own.close();
    assert.deepEqual(noted(), ["first"]);
  });

  it("are finished all the same where their file cannot be removed", async () => {
    const { rmSync } = fs;
    const own = ownNotes();
    const id = await own.add("start", "first");
    const refuse = () => {
      throw Object.assign(new Error("permission denied"), { code: "EACCES" });
    };
    Object.assign(fs, { rmSync: refuse });
    restore = () => Object.assign(fs, { rmSync });
    own.finish(id);
    own.close();
    assert.deepEqual(noted(), []);
  });
});
