import assert from "node:assert/strict";
import { TYPES } from "../../../provider/model/stateFormat";
import { OtherStacks } from "../../../provider/pulumi/otherStacks";
import type { Stack } from "../../../provider/pulumi/stack";
import type { StateResource } from "../../../provider/pulumi/stateResource";
import { journeyId } from "../../support/journeyId";

const email = "ada@seeds.example.com";

describe("OtherStacks", () => {
  const having = (...resources: StateResource[]) => {
    const stack = { name: "pr-7", stateOfEnrollments: async () => ({ resources }) };
    return new OtherStacks(async () => [stack as unknown as Stack]);
  };
  const enrollment = { journeyId, email, abortReason: "", allowDuplicateEmail: false };

  for (const [what, type, outputs] of [
    ["records it as a contact", TYPES.contact, { email }],
    ["enrolls it", TYPES.enrollment, { ...enrollment, instanceId: "1" }],
    ["may enroll it", TYPES.enrollment, enrollment],
  ] as const)
    it(`finds the stack of a contact that ${what}, in any spelling`, async () => {
      const stacks = having({ urn: "urn:1", type, outputs });
      assert.equal(await stacks.findStackWithContact("ADA@SEEDS.example.com"), "pr-7");
      assert.equal(await stacks.findStackWithContact("eve@seeds.example.com"), undefined);
    });
});
