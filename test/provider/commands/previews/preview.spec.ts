import assert from "node:assert/strict";
import { previewOf } from "../../../../provider/commands/previews/preview";

const CREATED = "2026-11-24T12:00:00.000Z";
const timesOf = (tags: Record<string, string>) => {
  const { created, expires } = previewOf({ name: "pr-1" }, tags) ?? assert.fail("no preview");
  return [created, expires];
};

describe("previewOf", () => {
  it("finds none without the tag", () =>
    assert.equal(previewOf({ name: "dev" }, { "mailmodo:expires": CREATED }), undefined));

  it("has the times of the tags", () =>
    assert.deepEqual(timesOf({ "mailmodo:preview": CREATED, "mailmodo:expires": "2026-11-25T12:00:00+01:00" }), [
      CREATED,
      "2026-11-25T12:00:00+01:00",
    ]));

  it("expires after three days if its up was killed before it set a time", () =>
    assert.deepEqual(timesOf({ "mailmodo:preview": CREATED }), [CREATED, "2026-11-27T12:00:00.000Z"]));

  it("takes a day for a time, as a person may write it", () =>
    assert.deepEqual(timesOf({ "mailmodo:preview": "2026-11-24", "mailmodo:expires": "2026-12-01" }), [
      "2026-11-24",
      "2026-12-01",
    ]));

  for (const text of ["", "soon", "in 3 days", "pr 42", "1", "24.11.2026", "2026-13-01", "2026-11-24T25:00:00Z"]) {
    it(`does not take ${JSON.stringify(text)} for a time`, () => {
      assert.deepEqual(timesOf({ "mailmodo:preview": CREATED, "mailmodo:expires": text }), [CREATED, undefined]);
      assert.deepEqual(timesOf({ "mailmodo:preview": text, "mailmodo:expires": CREATED }), [undefined, CREATED]);
      assert.deepEqual(timesOf({ "mailmodo:preview": text }), [undefined, undefined]);
    });
  }
});
