import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { stackAddress, tagAddress } from "../../../provider/program/stackAddress";

describe("tagAddress", () => {
  const base = "qa@seeds.example.com";

  it("tags an address with project and stack", () => {
    assert.equal(tagAddress(base, "seeds", "pr-42"), "qa+seeds.pr-42@seeds.example.com");
  });

  it("extends a tag", () => {
    assert.equal(tagAddress("qa+smoke@seeds.example.com", "seeds", "dev"), "qa+smoke.seeds.dev@seeds.example.com");
  });

  it("keeps to 64 characters, readable, with the same hash each time", () => {
    const tagged = tagAddress(base, "a-project-with-quite-a-long-name", "a-stack-with-an-even-longer-name");
    assert.equal(tagged, tagAddress(base, "a-project-with-quite-a-long-name", "a-stack-with-an-even-longer-name"));
    assert.match(tagged, /^qa\+a-project-with-quite-a-long-name-a-st[a-z-]*\+[0-9a-f]{16}@seeds\.example\.com$/);
    assert.equal(tagged.indexOf("@"), 64);
  });

  it("never gives two stacks one address", () => {
    const names = ["a", "b", "a.b", "b.c", "c", "A", "a-b", "a_b", "x".repeat(60), "x".repeat(61), "a+b"];
    const bases = [base, "qa+a@seeds.example.com", "qa+a.b@seeds.example.com", "qa+a+b@seeds.example.com"];
    const seen = new Map<string, string>();
    for (const address of bases) {
      for (const project of names) {
        for (const stack of names) {
          const tagged = tagAddress(address, project, stack).toLowerCase();
          const owner = JSON.stringify([address, project, stack]);
          assert.equal(seen.get(tagged), undefined, `${owner} and ${seen.get(tagged)} share ${tagged}`);
          assert.ok(tagged.indexOf("@") <= 64);
          seen.set(tagged, owner);
        }
      }
    }
    assert.equal(seen.size, bases.length * names.length ** 2);
  });

  it("takes a name of 47 characters and refuses one of 48", () => {
    assert.equal(tagAddress(`${"q".repeat(47)}@a.example`, "seeds", "pr-with-a-long-name").indexOf("@"), 64);
    assert.throws(() => tagAddress(`${"q".repeat(48)}@a.example`, "seeds", "pr-with-a-long-name"), /at most 47/);
  });

  for (const bad of [
    "",
    "qa",
    '"qa"@a.example',
    "qa\ud83d@a.example",
    "QA <qa@a.example>",
    "qa@a.example\n",
    "a@a.example,b@a.example",
  ]) {
    it(`refuses ${JSON.stringify(bad)} as a base`, () => {
      assert.throws(() => tagAddress(bad, "seeds", "dev"), /takes a plain e-mail address/);
    });
  }
});

describe("stackAddress", () => {
  it("keeps the address of a stack that was renamed, or of a project, if it is given the former name", () => {
    pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "seeds", "prod");
    const base = "qa@seeds.example.com";
    assert.equal(stackAddress(base), "qa+seeds.prod@seeds.example.com");
    assert.equal(stackAddress(base, { stack: "main" }), "qa+seeds.main@seeds.example.com");
    assert.equal(stackAddress(base, { project: "old", stack: "main" }), "qa+old.main@seeds.example.com");
  });
});
