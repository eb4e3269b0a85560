import assert from "node:assert/strict";
import { checkName } from "../../../../provider/commands/previews/previewName";

describe("checkName", () => {
  for (const name of ["pr-42", "a", "PR_42.x", "9", "a".repeat(100)]) {
    it(`takes ${name.slice(0, 12)}`, () => assert.equal(checkName(name), name));
  }
  for (const name of ["", " ", "-pr", ".pr", "pr 1", "pr-1\n", "a".repeat(101), "ümlaut", "pr;rm"]) {
    it(`refuses ${JSON.stringify(name.slice(0, 12))}`, () =>
      assert.throws(() => checkName(name), /^Error: Not a preview name: .*: it must begin with a letter or digit/));
  }
  for (const name of ["..", "../x", "/etc", "a\\b", "organization/other/pr-1", "pr-1/"]) {
    it(`refuses the path ${name}`, () => assert.throws(() => checkName(name), /Not a preview name/));
  }
});
