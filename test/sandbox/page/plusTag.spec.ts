import assert from "node:assert/strict";
import { stackLabel, stackTagOf } from "../../../sandbox/page/model/plusTag";

describe("The plus tag on the sandbox's page", () => {
  const plain: [string, string, string][] = [
    ["qa+seeds.pr-42@seeds.example.com", "seeds", "pr-42"],
    ["qa+smoke.seeds.dev@seeds.example.com", "seeds", "dev"],
    ["qa+a.b.c+d.seeds.dev@seeds.example.com", "seeds", "dev"],
    ["qa+0123456789abcdef.dev@seeds.example.com", "0123456789abcdef", "dev"],
    ["a.b+se_eds.de-v@example.com", "se_eds", "de-v"],
  ];
  for (const [address, project, stack] of plain) {
    it(`has the project and the stack of ${address}`, () => {
      assert.deepEqual(stackTagOf(address), { project, stack, isShortened: false });
    });
  }

  it("has what is readable of a shortened tag, with its hash, because two stacks may read alike", () => {
    const tag = stackTagOf("qa+smoke-seeds-a-long-na+0123456789abcdef@seeds.example.com");
    assert.deepEqual(tag, { project: "", stack: "smoke-seeds-a-long-na+0123456789abcdef", isShortened: true });
  });

  it("has the hash alone of a tag with no room for more", () => {
    const tag = stackTagOf("a-mailbox-with-forty-seven-characters-in-its-nam+0123456789abcdef@example.com");
    assert.deepEqual(tag, { project: "", stack: "0123456789abcdef", isShortened: true });
  });

  const none = [
    "qa@example.com",
    "qa+smoke@example.com",
    "qa+@example.com",
    "qa+a+b.dev@example.com",
    "qa+.@example.com",
    "",
    "@",
    "qa+Seeds.dev@example.com",
  ];
  for (const address of none) {
    it(`finds none in ${JSON.stringify(address)}`, () => assert.equal(stackTagOf(address), undefined));
  }

  it("names a stack with its project", () => {
    assert.equal(stackLabel({ project: "seeds", stack: "dev", isShortened: false }), "seeds/dev");
  });
});
