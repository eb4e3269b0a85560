import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { OwnNotes } from "../../../provider/journal/ownNotes";
import { readRun, readRuns } from "../../../provider/journal/runFile";
import { identify } from "../../../provider/processes/processIdentity";
import { useTemporaryFolder } from "../../support/temporaryFolder";

describe("what is in a journal's folder beside files", () => {
  const root = useTemporaryFolder();

  it("is not read: a folder, a link and a pipe, which would be waited for", () => {
    fs.mkdirSync(path.join(root(), "folder.jsonl"));
    fs.symlinkSync("link.jsonl", path.join(root(), "link.jsonl"));
    execFileSync("mkfifo", [path.join(root(), "pipe.jsonl")]);
    assert.deepEqual(readRuns(root()), { runs: [], unreadable: [] });
  });

  it("is not a file that no text can hold, which is named", () => {
    const file = path.join(root(), "huge.jsonl");
    fs.writeFileSync(file, "");
    fs.truncateSync(file, 600 * 1024 * 1024);
    assert.deepEqual(readRuns(root()), { runs: [], unreadable: [{ path: file, code: "EFBIG" }] });
  });

  it("is named once where nothing can be asked of it: its path is too long", () => {
    let folder = root();
    while (folder.length < 3_900) folder = path.join(folder, "f".repeat(100));
    folder = path.join(folder, "f".repeat(4_080 - folder.length));
    fs.mkdirSync(folder, { recursive: true });
    execFileSync("touch", ["with-a-long-name.jsonl"], { cwd: folder });
    const file = path.join(folder, "with-a-long-name.jsonl");
    assert.deepEqual(readRuns(folder), { runs: [], unreadable: [{ path: file, code: "ENAMETOOLONG" }] });
  });
});

describe("the file of a run", () => {
  let folder: string;
  let own: OwnNotes;
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "journal-"));
    const stack = { backend: "b1", project: "seeds", stack: "test", organization: "organization" };
    own = new OwnNotes(folder, { stack, plugin: identify()!, since: 1 });
    await own.add("start", "first");
    await own.add("start", "second");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Changes the lines, the first of which is the header. @returns The notes that are read, and how many lines are not. */
  function readAfter(change: (lines: string[]) => void): [sealed: string[], damaged: number] {
    const lines = fs.readFileSync(own.file, "utf8").split("\n");
    change(lines);
    fs.writeFileSync(own.file, lines.join("\n"));
    const { notes, damaged } = readRun(own.file);
    return [notes.map(({ sealed }) => sealed), damaged];
  }

  const changes: [what: string, change: (lines: string[]) => void, read: [string[], number]][] = [
    ["nothing else", () => undefined, [["first", "second"], 0]],
    ["empty lines", (lines) => lines.splice(1, 0, "", ""), [["first", "second"], 0]],
    ["a note that was cut off at the end", (lines) => lines.push('{"id":3,"ca'), [["first", "second"], 0]],
    ["a note that was cut off before others", (lines) => lines.splice(2, 0, '{"id":3,"ca'), [["first", "second"], 0]],
    ["a key of a note damaged", (lines) => (lines[2] = lines[2]!.replace('"call"', '"cbll"')), [["first"], 1]],
    ["an id of a note damaged", (lines) => (lines[2] = lines[2]!.replace('"id":2', '"id":1')), [["first"], 1]],
    ["the end of a note damaged", (lines) => (lines[2] = `${lines[2]!.slice(0, -1)}|`), [["first"], 1]],
    ["NULs at the end of a note", (lines) => (lines[2] = lines[2]!.slice(0, 20).padEnd(99, "\0")), [["first"], 1]],
    ["the line break before a note damaged", (lines) => lines.splice(1, 2, lines.slice(1).join("~")), [[], 1]],
    ["NULs in place of the header and a note", (lines) => lines.splice(0, 2, "\0".repeat(99)), [["second"], 1]],
    [
      "the line break after the header damaged",
      (lines) => lines.splice(0, 2, lines.slice(0, 2).join("~")),
      [["second"], 1],
    ],
    ["a header that was cut off", (lines) => lines.splice(0, 3, '{"stack":{"ba'), [[], 0]],
  ];
  it("names no stack if its header is damaged, but valid", () => {
    const other = fs.readFileSync(own.file, "utf8").replace('"stack":"test"', '"stack":"tent"');
    fs.writeFileSync(own.file, other);
    const { header, notes } = readRun(own.file);
    assert.deepEqual([header, notes.length], [undefined, 2]);
  });

  for (const [what, change, read] of changes)
    it(`has ${read[0].length} notes and ${read[1]} damaged lines with ${what}`, () =>
      assert.deepEqual(readAfter(change), read));
});
