import assert from "node:assert/strict";
import type { RunHeader } from "../../../provider/journal/runFile";
import { progressOf } from "../../../provider/journal/runProgress";
import { identify, type ProcessIdentity } from "../../../provider/processes/processIdentity";
import { deadProcess } from "../../support/deadProcess";

const ALIVE = identify()!;
const DEAD = deadProcess();
const ELSEWHERE: ProcessIdentity = { ...ALIVE, boot: "another", host: "runner-7" };

const run = (plugin: ProcessIdentity, engine?: ProcessIdentity) => {
  const header: RunHeader = {
    stack: { backend: "b", project: "seeds" },
    plugin,
    since: 1,
    ...(engine === undefined ? {} : { engine }),
  };
  return { file: "1.jsonl", header, notes: [], damaged: 0, hasHadNotes: false };
};

describe("the progress of a run", () => {
  for (const [what, file, progress] of [
    ["whose engine is alive", run(ALIVE, ALIVE), "in progress"],
    ["whose plugin was killed under a living engine", run(DEAD, ALIVE), "in progress"],
    ["whose engine is dead", run(DEAD, DEAD), "ended"],
    ["whose engine was killed, and whose plugin lives on", run(ALIVE, DEAD), "ended"],
    ["of another machine", run(ELSEWHERE, ELSEWHERE), "undecided"],
    ["whose plugin is dead, and whose engine is not known", run(DEAD), "ended"],
    ["whose plugin is alive, and whose engine is not known", run(ALIVE), "undecided"],
    ["whose first line is damaged", { file: "1.jsonl", notes: [], damaged: 1, hasHadNotes: true }, "undecided"],
  ] as const) {
    it(`is "${progress}" of one ${what}`, () => assert.equal(progressOf(file), progress));
  }
});
