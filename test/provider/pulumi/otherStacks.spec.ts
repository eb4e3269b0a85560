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
  const starting = (operation: string, type: string = TYPES.enrollment): Deployment => ({
    pending_operations: [{ type: operation, resource: { urn: "urn:1", type, inputs: enrollment } }],
  });

  const both = { ...starting("updating"), ...recording(TYPES.enrollment, enrollment) };
  for (const [what, state, isPending] of [
    ["records it as a contact", recording(TYPES.contact, { email }), false],
    ["enrolls it", recording(TYPES.enrollment, { ...enrollment, instanceId: "1" }), false],
    ["may enroll it", recording(TYPES.enrollment, enrollment), false],
    ["enrolls it, and starts it again", both, false],
    ["is starting it, or was killed in that", starting("creating"), true],
    ["was killed when it started it again", starting("updating"), true],
    ["is adding it, or was killed in that", starting("creating", TYPES.contact), true],
  ] as const)
    it(`finds the stack of a contact that ${what}, in any spelling`, async () => {
      const stacks = having(state);
      assert.deepEqual(await stacks.findStackWithContact("ADA@SEEDS.example.com"), { stack: "pr-7", isPending });
      assert.equal(await stacks.findStackWithContact("eve@seeds.example.com"), undefined);
    });

  it("finds no stack of a contact that only the old half of a replacement records, which is deleted", async () => {
    const [resource] = recording(TYPES.contact, { email }).resources!;
    const stacks = having({ resources: [{ ...resource!, pendingReplacement: true }] });
    assert.equal(await stacks.findStackWithContact(email), undefined);
  });

  it("prefers a stack that records a contact to one that only may have it", async () => {
    const states = {
      "pr-7": starting("creating"),
      "pr-8": recording(TYPES.contact, { email }),
      "pr-9": starting("creating"),
    };
    const list = Object.entries(states).map(([name, state]) => ({
      name,
      stateOfEnrollments: async () => state,
      occupancy: async () => ({ locks: [] }),
    }));
    const stacks = new OtherStacks(async () => list as unknown as Stack[]);
    assert.deepEqual(await stacks.findStackWithContact(email), { stack: "pr-8", isPending: false });
  });

  it("takes a stack for one that runs an address while a run starts it there, and not once that was killed", async () => {
    const found = (isLocked: boolean) => having(starting("creating"), isLocked).findStack(enrollment);
    assert.deepEqual([await found(true), await found(false)], ["pr-7", undefined]);
  });
});
