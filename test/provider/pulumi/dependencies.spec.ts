import assert from "node:assert/strict";
import { dependsOn } from "../../../provider/pulumi/dependencies";
import type { StateResource } from "../../../provider/pulumi/stateResource";

describe("a resource of a state", () => {
  const state = (refers: Partial<StateResource>): StateResource[] => [
    { urn: "other", type: "t" },
    { urn: "between", type: "t", dependencies: ["other"] },
    { urn: "one", type: "t", ...refers },
  ];

  for (const [what, refers] of [
    ["by dependsOn", { dependencies: ["other"] }],
    ["by an input", { propertyDependencies: { email: ["other"] } }],
    ["by its parent", { parent: "other" }],
    ["by deletedWith", { deletedWith: "other" }],
    ["through its parent", { parent: "between" }],
  ] as const)
    it(`depends on another one ${what}`, () => assert.equal(dependsOn(state(refers), "one", "other"), true));

  it("does not depend on one that depends on it, on itself, or on any in a circle", () => {
    const all = state({ dependencies: ["one"] });
    assert.deepEqual(
      [dependsOn(all, "other", "between"), dependsOn(all, "one", "one"), dependsOn(all, "one", "other")],
      [false, false, false],
    );
  });
});
