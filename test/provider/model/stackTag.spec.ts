import assert from "node:assert/strict";
import { isTaggedFor } from "../../../provider/model/stackTag";
import { tagAddress } from "../../../provider/program/stackAddress";

describe("isTaggedFor", () => {
  const base = "qa@seeds.example.com";
  const stack = "organization/seeds/pr-42";

  for (const [what, email] of [
    ["an address of the stack", "qa+seeds.pr-42@seeds.example.com"],
    ["one with a tag of its own in front", "qa+smoke.v1.seeds.pr-42@seeds.example.com"],
    ["one with a plus sign in that tag", tagAddress("qa+a+b@seeds.example.com", "seeds", "pr-42")],
  ] as const) {
    it(`recognizes ${what}`, () => assert.equal(isTaggedFor(email, stack), true));
  }

  for (const [what, email] of [
    ["an address without a tag", base],
    ["a mailbox that is named after the stack", "seeds.pr-42@seeds.example.com"],
    ["another stack's", "qa+seeds.pr-4@seeds.example.com"],
    ["one of a stack whose name ends alike", "qa+seeds.my-pr-42@seeds.example.com"],
    ["one of a project whose name ends alike", "qa+more-seeds.pr-42@seeds.example.com"],
    ["one with other capitals", "qa+seeds.PR-42@seeds.example.com"],
    ["one in which more follows", "qa+seeds.pr-42.x@seeds.example.com"],
    ["one with a hash that is not the stack's", "qa+seeds-pr-42+0123456789abcdef@seeds.example.com"],
    ["a text that is no address", "qa+seeds.pr-42"],
  ] as const) {
    it(`does not recognize ${what}`, () => assert.equal(isTaggedFor(email, stack), false));
  }

  const hashed = [
    ["a stack with a dot", "seeds", "v1.2"],
    ["a stack with capitals", "seeds", "PR-42"],
    ["a project with a dot", "my.seeds", "dev"],
    ["long names", "a-project-with-quite-a-long-name", "a-stack-with-an-even-longer-name"],
  ] as const;
  for (const [what, project, name] of hashed) {
    for (const tag of ["", "+smoke", "+smoke-test", "+v1.2", "+a+b"]) {
      it(`recognizes the hash of ${what}${tag && ` after ${tag}`}`, () => {
        const email = tagAddress(`qa${tag}@seeds.example.com`, project, name);
        assert.equal(isTaggedFor(email, `acme/${project}/${name}`), true);
        assert.equal(isTaggedFor(email, `acme/${project}/${name}x`), false);
      });
    }
  }

  it("says no where the hash cannot be made again", () => {
    const email = tagAddress("qa+Smoke@seeds.example.com", "seeds", "PR-42");
    assert.equal(isTaggedFor(email, "acme/seeds/PR-42"), false);
  });

  it("never takes one stack's address for another's", () => {
    const names = ["a", "b", "a.b", "b.c", "A", "a-b", "x".repeat(60), "x".repeat(61)];
    const stacks = names.flatMap((project) => names.map((name) => [project, name] as const));
    for (const tag of ["", "+a", "+a.b", "+a-b"])
      for (const [project, name] of stacks) {
        const email = tagAddress(`qa${tag}@seeds.example.com`, project, name);
        const owners = stacks.filter(([p, n]) => isTaggedFor(email, `organization/${p}/${n}`));
        assert.deepEqual(owners, [[project, name]], email);
      }
  });

  it("takes no stack without a project for one", () => {
    assert.equal(isTaggedFor("qa+seeds.pr-42@seeds.example.com", "pr-42"), false);
  });
});
