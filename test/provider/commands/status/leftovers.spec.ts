import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Leftovers } from "../../../../provider/commands/status/leftovers";
import { OwnNotes } from "../../../../provider/journal/ownNotes";
import type { StackIdentity } from "../../../../provider/journal/stackIdentity";
import { identify, type ProcessIdentity } from "../../../../provider/processes/processIdentity";
import { deadProcess } from "../../../support/deadProcess";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

const ELSEWHERE: ProcessIdentity = { ...identify()!, boot: "another", host: "runner-7" };
const DEV: StackIdentity = { backend: "b", project: "seeds", stack: "dev", organization: "organization" };

describe("what runs have left", () => {
  const folder = useTemporaryFolder();
  const leave = async (calls: number, stack = DEV, plugin: ProcessIdentity = deadProcess()) => {
    const notes = new OwnNotes(folder(), { stack, plugin, engine: plugin, since: 1 });
    for (let nth = 0; nth < calls; nth++) await notes.add("start", "sealed");
    return notes.file;
  };

  it("is nothing without a journal", () => {
    const leftovers = new Leftovers(path.join(folder(), "nowhere"));
    assert.deepEqual([leftovers.of(DEV), leftovers.unknown], [{}, []]);
  });

  it("is how many calls have notes, and since when, without a key", async () => {
    const before = Date.now();
    await leave(2);
    await leave(1);
    const { ended, undecided } = new Leftovers(folder()).of(DEV);
    const { calls, since = 0 } = ended ?? assert.fail("nothing");
    assert.deepEqual([calls, undecided], [3, undefined]);
    assert.ok(since >= before && since <= Date.now());
  });

  it("is nothing of another stack or backend", async () => {
    await leave(1, { ...DEV, stack: "prod" });
    await leave(1, { ...DEV, backend: "other" });
    assert.deepEqual(new Leftovers(folder()).of(DEV), {});
  });

  it("is counted apart of a run that may have ended, such as another machine's", async () => {
    await leave(2);
    await leave(1, DEV, ELSEWHERE);
    const { ended, undecided } = new Leftovers(folder()).of(DEV);
    assert.deepEqual([ended?.calls, undecided?.calls], [2, 1]);
  });

  it("is nothing of a run that is in progress", async () => {
    await leave(1, DEV, identify());
    assert.deepEqual(new Leftovers(folder()).of(DEV), {});
    assert.equal(new Leftovers(folder()).runsOf(DEV).length, 1);
  });

  it("is known of stacks that are not in the backend any more", async () => {
    await leave(1);
    await leave(2, { ...DEV, stack: "gone" });
    await leave(1, { ...DEV, project: "shop" });
    await leave(1, { ...DEV, backend: "other" });
    await leave(1, { ...DEV, stack: "new" }, identify());
    await leave(3, { ...DEV, stack: "old" }, ELSEWHERE);
    const goneOf = (project?: string) =>
      new Leftovers(folder())
        .ofGoneStacks("b", project, [DEV])
        .map(({ fullName, hasEnded, calls }) => [fullName, hasEnded, calls]);
    const ofSeeds = [
      ["organization/seeds/gone", true, 2],
      ["organization/seeds/old", false, 3],
    ];
    assert.deepEqual(goneOf("seeds"), ofSeeds);
    assert.deepEqual(goneOf(), [...ofSeeds, ["organization/shop/dev", true, 1]]);
  });

  it("names the files whose stack only the key reveals, and leaves them as they are", async () => {
    const file = await leave(1);
    const damaged = fs.readFileSync(file, "utf8").replace("seeds", "sheds");
    fs.writeFileSync(file, damaged);
    const leftovers = new Leftovers(folder());
    assert.deepEqual([leftovers.of(DEV), leftovers.unknown], [{}, [file]]);
    assert.equal(fs.readFileSync(file, "utf8"), damaged);
  });
});
