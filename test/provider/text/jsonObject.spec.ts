import assert from "node:assert/strict";
import { jsonObject } from "../../../provider/text/jsonObject";

describe("jsonObject", () => {
  it("parses an object", () => assert.deepEqual(jsonObject('{"a":1}'), { a: 1 }));

  for (const text of ["", "{", "[1]", "null", "1", '"a"']) {
    it(`has nothing for ${JSON.stringify(text)}`, () => assert.equal(jsonObject(text), undefined));
  }
});
