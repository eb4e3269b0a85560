import assert from "node:assert/strict";
import { inspect } from "node:util";
import { hideStackTrace } from "../../../provider/text/hideStackTrace";

describe("hideStackTrace", () => {
  it("leaves an error without a position in a file", () => {
    const error = new Error("no");
    hideStackTrace(error);
    assert.doesNotMatch(inspect(error), /\bat\b/);
  });
});
