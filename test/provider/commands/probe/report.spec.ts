import assert from "node:assert/strict";
import { printed } from "../../../../provider/commands/probe/report";
import type { ProbeResult } from "../../../../provider/commands/probe/result";

const defect: ProbeResult = {
  rows: [{ name: "start", situation: "a start", verdict: "defect", note: "no instance id came back" }],
  profiles: [],
  abortByAddress: "not seen",
  profile: {},
  unplayable: [],
  mayStillRun: [],
};
const linesOf = (more: Partial<ProbeResult>) => printed({ ...defect, ...more }, { isColored: false }).split("\n");

describe("the probe's report", () => {
  for (const [what, more, attached] of [
    ["the file that was written", { file: "profile.json" }, "profile.json"],
    ["a file, if none was asked for", {}, "a file of --out"],
    ["what --json prints, if no file can hold it", { unplayable: ["status 999"] }, "what --json prints"],
  ] as const) {
    it(`asks to attach to the report of a defect ${what}`, () => {
      assert.ok(linesOf(more).includes(`A defect: please report it, with ${attached} attached.`));
    });
  }

  for (const [file, word] of [
    ["out/profile-1.json", "out/profile-1.json"],
    ["my profile.json", "'my profile.json'"],
    ["$(it's).json", String.raw`'$(it'\''s).json'`],
  ] as const) {
    it(`has a command that a shell takes, for a file named ${file}`, () => {
      const last = linesOf({ file }).at(-1);
      assert.equal(last, `Written: ${file}. Play it: npx mailmodo-sandbox --profile-file ${word}`);
    });
  }
});
