import assert from "node:assert/strict";
import { ownerOf, Owners } from "../../../provider/plugin/owners";

const id = "11111111-2222-4333-8444-555555555555";

describe("the owners of running instances", () => {
  let owners: Owners;
  beforeEach(() => (owners = new Owners()));

  it("let the only resource with an instance abort it", () => assert.equal(owners.mayEnd(id, "old"), true));

  it("let nobody abort what another resource took over, but that one", () => {
    assert.equal(owners.takeOver(id, "new"), true);
    assert.equal(owners.mayEnd(id, "old"), false);
    assert.equal(owners.mayEnd(id, "new"), true);
  });

  it("let nobody take over what this run has begun to abort", () => {
    owners.mayEnd(id, "old");
    assert.equal(owners.takeOver(id, "new"), false);
  });

  it("keep it for the resource in the program, in a later run", () => {
    owners.keeps(id, "new");
    assert.equal(owners.mayEnd(id, "old"), false);
  });

  it("give it to the one that took it over, whenever the old one is looked at", () => {
    owners.keeps(id, "old");
    assert.equal(owners.takeOver(id, "new"), true);
    owners.keeps(id, "old");
    assert.equal(owners.mayEnd(id, "old"), false);
  });

  it("tell an enrollment from the one that it was taken over from, though both have one id", () => {
    assert.notEqual(ownerOf({}), ownerOf({ takenOverFrom: "urn:pulumi:test::seeds::x::one" }));
  });
});
