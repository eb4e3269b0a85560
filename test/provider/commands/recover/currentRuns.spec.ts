import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { CurrentRuns } from "../../../../provider/commands/recover/currentRuns";
import { textOf } from "../../../../provider/journal/noteLine";
import { headerText } from "../../../../provider/journal/runFile";
import type { StackIdentity } from "../../../../provider/journal/stackIdentity";
import { identify } from "../../../../provider/processes/processIdentity";
import { deadProcess } from "../../../support/deadProcess";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

const stack: StackIdentity = { backend: "b1", project: "seeds", stack: "test", organization: "organization" };
const NOTE = textOf({ id: 1, call: "start", sealed: "x", sentAt: 1 });
const FINISHED = textOf({ id: 1, finished: true });

describe("a stack that recover works on", () => {
  const folder = useTemporaryFolder();
  let locked = false;
  let asked = 0;
  const isLocked = async () => {
    asked += 1;
    return locked;
  };
  beforeEach(() => {
    [locked, asked] = [false, 0];
    for (const name of fs.readdirSync(folder())) fs.rmSync(path.join(folder(), name));
  });
  /** A file of a plugin whose engine is this process, or has ended. */
  const write = (lines = "", engine = identify()!, of = stack) => {
    const header = headerText({ stack: of, plugin: deadProcess(), engine, since: Date.now() });
    fs.writeFileSync(path.join(folder(), `${of.stack}.jsonl`), `${header}\n${lines}`);
  };
  const isBusy = () => new CurrentRuns(folder(), stack, isLocked).isStackBusy();

  for (const [what, lines] of [
    ["has sent something", NOTE],
    ["has sent something, and recorded it", NOTE + FINISHED],
  ] as const)
    it(`is busy while a run is in progress that ${what}, whatever its lock`, async () => {
      write(lines);
      assert.deepEqual([await isBusy(), asked], [true, 0]);
    });

  it("is busy while a run is in progress that has sent nothing yet, and has the lock", async () => {
    write();
    locked = true;
    assert.equal(await isBusy(), true);
  });

  it("is not busy with a pulumi preview, which takes no lock and sends nothing, and asks for the lock once", async () => {
    write();
    const runs = new CurrentRuns(folder(), stack, isLocked, 0);
    assert.deepEqual([await runs.isStackBusy(), await runs.isStackBusy(), asked], [false, false, 1]);
    write(NOTE);
    assert.equal(await runs.isStackBusy(), true);
  });

  it("is not busy with a run that has ended, nor with another stack's", async () => {
    write(NOTE, deadProcess());
    write(NOTE, identify(), { ...stack, stack: "other" });
    locked = true;
    assert.deepEqual([await isBusy(), asked], [false, 0]);
  });
});
