import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Leftovers } from "../../../../provider/commands/status/leftovers";
import { OwnNotes } from "../../../../provider/journal/ownNotes";
import type { StackIdentity } from "../../../../provider/journal/stackIdentity";
import { identify, type ProcessIdentity } from "../../../../provider/processes/processIdentity";
import { deadProcess } from "../../../support/deadProcess";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

const DEV: StackIdentity = { backend: "b", project: "seeds", stack: "dev", organization: "organization" };

describe("what ended runs have left", () => {
  const folder = useTemporaryFolder();
  const leave = async (calls: number, stack = DEV, plugin: ProcessIdentity = deadProcess()) => {
    const notes = new OwnNotes(folder(), { stack, plugin, engine: plugin, since: 1 });
    for (let nth = 0; nth < calls; nth++) await notes.add("start", "sealed");
    return notes.file;
  };

  it("is nothing without a journal", () => {
    const leftovers = new Leftovers(path.join(folder(), "nowhere"));
    assert.deepEqual([leftovers.of(DEV), leftovers.unknown], [undefined, []]);
  });

  it("is how many calls have notes, and since when, without a key", async () => {
    const before = Date.now();
    await leave(2);
    await leave(1);
    const { calls, since = 0 } = new Leftovers(folder()).of(DEV) ?? assert.fail("nothing");
    assert.equal(calls, 3);
    assert.ok(since >= before && since <= Date.now());
  });

  it("is nothing of another stack or backend", async () => {
    await leave(1, { ...DEV, stack: "prod" });
    await leave(1, { ...DEV, backend: "other" });
    assert.equal(new Leftovers(folder()).of(DEV), undefined);
  });

  it("is nothing of a run that is in progress", async () => {
    await leave(1, DEV, identify());
    assert.equal(new Leftovers(folder()).of(DEV), undefined);
    assert.equal(new Leftovers(folder()).runsOf(DEV).length, 1);
  });

  it("is known of stacks that are not in the backend any more", async () => {
    await leave(1);
    await leave(2, { ...DEV, stack: "gone" });
    await leave(1, { ...DEV, project: "shop" });
    await leave(1, { ...DEV, backend: "other" });
    await leave(1, { ...DEV, stack: "new" }, identify());
    const goneOf = (project?: string) =>
      new Leftovers(folder()).ofGoneStacks("b", project, [DEV]).map(({ fullName, calls }) => [fullName, calls]);
    assert.deepEqual(goneOf("seeds"), [["organization/seeds/gone", 2]]);
    assert.deepEqual(goneOf(), [
      ["organization/seeds/gone", 2],
      ["organization/shop/dev", 1],
    ]);
  });

  it("names the files whose stack only the key reveals, and leaves them as they are", async () => {
    const file = await leave(1);
    const damaged = fs.readFileSync(file, "utf8").replace("seeds", "sheds");
    fs.writeFileSync(file, damaged);
    const leftovers = new Leftovers(folder());
    assert.deepEqual([leftovers.of(DEV), leftovers.unknown], [undefined, [file]]);
    assert.equal(fs.readFileSync(file, "utf8"), damaged);
  });
});
