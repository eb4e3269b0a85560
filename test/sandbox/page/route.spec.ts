import assert from "node:assert/strict";
import fc from "fast-check";
import { hashOf, routeOf, type View } from "../../../sandbox/page/model/route";

describe("The address of a view", () => {
  it("leads back to the same view, item and filters", () => {
    const text = fc.string({ unit: "binary", minLength: 1 }).map((value) => value.toWellFormed());
    const query = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"),
      text,
    );
    const view = fc.constantFrom<View>("enrollments", "contacts", "requests", "controls");
    fc.assert(
      fc.property(view, text, query, (view, id, query) => {
        const route = { view, id, query: { ...query } };
        assert.deepEqual(routeOf(hashOf(route)), route);
      }),
    );
  });

  for (const hash of ["", "#", "#/", "#/nothing", "#main", "#/nothing/1"]) {
    it(`is the list of enrollments for ${JSON.stringify(hash)}`, () => {
      assert.deepEqual(routeOf(hash), { view: "enrollments", query: {} });
    });
  }

  it("leaves out empty filters", () => {
    assert.equal(hashOf({ view: "requests", query: { q: "", call: "start" } }), "#/requests?call=start");
  });

  it("takes what is no percent encoding as it is", () => assert.equal(routeOf("#/enrollments/%zz").id, "%zz"));
});
