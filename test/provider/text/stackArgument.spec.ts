import assert from "node:assert/strict";
import { stackArgument } from "../../../provider/text/stackArgument";

describe("stackArgument", () => {
  for (const [fullName, argument] of [
    ["organization/seeds/dev", "dev"],
    ["acme/seeds/dev", "acme/dev"],
    ["dev", "dev"],
  ] as const) {
    it(`leaves out the project, and an organization that is the only one: ${fullName}`, () => {
      assert.equal(stackArgument(fullName), argument);
    });
  }
});
