import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { askOpen, parseOpenList } from "../../../../provider/commands/previews/openPreviews";

describe("parseOpenList", () => {
  const names = (text: string, all = false) => [...parseOpenList(text, "--open", all)];
  it("reads names between commas and lines", () =>
    assert.deepEqual(names("pr-1, pr-2\npr-7,\n"), ["pr-1", "pr-2", "pr-7"]));
  for (const text of ["", " ", ",", "\n"]) {
    it(`refuses ${JSON.stringify(text)}, which would take all down`, () =>
      assert.throws(() => names(text), /add --all/));
    it(`takes ${JSON.stringify(text)} where all are meant`, () => assert.deepEqual(names(text, true), []));
  }
  it("refuses a name that is none, for a slip must take nothing down", () =>
    assert.throws(() => names("pr-1,refs/pull/2"), /Not a preview name: "refs\/pull\/2"/));
});

describe("askOpen", () => {
  let dir: string;
  before(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-open-"))));
  after(() => fs.rmSync(dir, { recursive: true, force: true }));
  const node = (program: string) => `"${process.execPath}" -e "${program}"`;

  it("asks nothing where no list is given", () => assert.equal(askOpen({ all: false }), undefined));

  it("gives the names of the command line as of when they were given", async () => {
    const before = Date.now();
    const ask = askOpen({ open: "pr-1", all: false });
    const { names, asOf } = (await ask?.()) ?? assert.fail();
    assert.deepEqual([...names], ["pr-1"]);
    assert.ok(asOf >= before && asOf <= Date.now());
    assert.equal((await ask?.())?.asOf, asOf);
  });

  it("reads a file again each time, as of when it was written", async () => {
    const file = path.join(dir, "open");
    fs.writeFileSync(file, "pr-1\n");
    fs.utimesSync(file, 1_700_000_000, 1_700_000_000);
    const ask = askOpen({ openFile: file, all: false });
    assert.deepEqual(await ask?.(), { names: new Set(["pr-1"]), asOf: 1_700_000_000_000 });
    fs.writeFileSync(file, "pr-2\n");
    assert.deepEqual([...((await ask?.())?.names ?? [])], ["pr-2"]);
    fs.rmSync(file);
    await assert.rejects(async () => ask?.(), /Could not read the open previews: ENOENT.*Nothing was destroyed\.$/);
  });

  it("runs a command again each time, as of before it ran", async () => {
    const count = path.join(dir, "count");
    const ask = askOpen({
      openCommand: node(
        `const fs = require('fs'); fs.appendFileSync('${count}', 'x'); console.log('pr-' + fs.statSync('${count}').size)`,
      ),
      all: false,
    });
    const before = Date.now();
    const first = (await ask?.()) ?? assert.fail();
    assert.deepEqual([...first.names], ["pr-1"]);
    assert.ok(first.asOf >= before && first.asOf <= fs.statSync(count).mtimeMs);
    assert.deepEqual([...((await ask?.())?.names ?? [])], ["pr-2"]);
  });

  it("takes nothing from a command that fails, whatever it printed", async () => {
    const ask = askOpen({ openCommand: node("console.log('pr-1'); process.exitCode = 3"), all: true });
    await assert.rejects(
      async () => ask?.(),
      /^Error: --open-command exited with code 3, so the open previews are unknown\. Nothing was destroyed\.$/,
    );
  });

  it("refuses a command that prints nothing, unless all are meant", async () => {
    await assert.rejects(async () => askOpen({ openCommand: node(""), all: false })?.(), /names no preview/);
    assert.equal((await askOpen({ openCommand: node(""), all: true })?.())?.names.size, 0);
  });

  it("refuses a list and a file", () => {
    assert.throws(() => askOpen({ open: "pr-1", openFile: "x", all: false }), /Give --open or --open-file, not both/);
  });

  it("refuses a list and a command", () => {
    assert.throws(() => askOpen({ open: "pr-1", openCommand: "x", all: false }), /one of them/);
  });

  it("refuses --all without a source", () => {
    assert.throws(() => askOpen({ all: true }), /--all is for an empty open list/);
  });
});
