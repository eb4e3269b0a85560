import assert from "node:assert/strict";
import { TYPES } from "../../../provider/model/stateFormat";
import type { Deployment } from "../../../provider/pulumi/deployment";
import { OtherStacks } from "../../../provider/pulumi/otherStacks";
import type { Stack } from "../../../provider/pulumi/stack";
import type { StateResource } from "../../../provider/pulumi/stateResource";
import { journeyId } from "../../support/journeyId";

const email = "ada@seeds.example.com";

describe("OtherStacks", () => {
  const having = (state: Deployment, isLocked = false) => {
    const occupancy = async () => ({ locks: isLocked ? [{}] : [] });
    const stack = { name: "pr-7", stateOfEnrollments: async () => state, occupancy };
    return new OtherStacks(async () => [stack as unknown as Stack]);
  };
  const enrollment = { journeyId, email, abortReason: "", allowDuplicateEmail: false };
  const recording = (type: string, outputs: StateResource["outputs"]): Deployment => ({
    resources: [{ urn: "urn:1", type, ...(outputs === undefined ? {} : { outputs }) }],
  });
  const starting = (type: string): Deployment => ({
    pending_operations: [{ type, resource: { urn: "urn:1", type: TYPES.enrollment, inputs: enrollment } }],
  });

  for (const [what, state, isLocked] of [
    ["records it as a contact", recording(TYPES.contact, { email }), false],
    ["enrolls it", recording(TYPES.enrollment, { ...enrollment, instanceId: "1" }), false],
    ["may enroll it", recording(TYPES.enrollment, enrollment), false],
    ["is starting it", starting("creating"), true],
    ["was killed in a start of it", starting("creating"), false],
    ["was killed when it started it again", starting("updating"), false],
  ] as const)
    it(`finds the stack of a contact that ${what}, in any spelling`, async () => {
      const stacks = having(state, isLocked);
      assert.equal(await stacks.findStackWithContact("ADA@SEEDS.example.com"), "pr-7");
      assert.equal(await stacks.findStackWithContact("eve@seeds.example.com"), undefined);
    });

  it("takes a stack for one that runs an address while a run starts it there, and not once that was killed", async () => {
    const found = (isLocked: boolean) => having(starting("creating"), isLocked).findStack(enrollment);
    assert.deepEqual([await found(true), await found(false)], ["pr-7", undefined]);
  });
});
