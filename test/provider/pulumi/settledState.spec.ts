import assert from "node:assert/strict";
import { TYPES } from "../../../provider/model/stateFormat";
import type { Deployment, PendingOperation } from "../../../provider/pulumi/deployment";
import type { PendingAdd } from "../../../provider/pulumi/recordedAdds";
import { settledState, type ContactDoubt } from "../../../provider/pulumi/settledState";
import { SECRET, type StateResource } from "../../../provider/pulumi/stateResource";

const email = "ada+seeds.dev@seeds.example.com";
const PROVIDER = { urn: "urn:provider", type: "pulumi:providers:pulumi-nodejs", id: "1" };
const contact: StateResource = {
  urn: "urn:ada",
  type: TYPES.contact,
  provider: "urn:provider::1",
  parent: "urn:seeds",
  inputs: { email, list: "Seeds" },
};
const seeds = { urn: "urn:seeds", type: "seeds:index:Seeds" };
const welcome = { urn: "urn:welcome", type: TYPES.enrollment, outputs: { email }, provider: "urn:provider::1" };

describe("a state with the contacts that a killed run may have added", () => {
  /** Settles a state, and gives its resources. */
  function settle(resources: StateResource[], { pending = [contact], users = [] as string[], ended = "" } = {}) {
    const operations = pending.map((resource): PendingOperation => ({ type: "creating", resource }));
    const state: Deployment = { resources, pending_operations: operations };
    const adds = new Map(
      operations.map((operation): [PendingOperation, PendingAdd] => [operation, { email, addSentAt: 7, users }]),
    );
    const settled = {
      ended: new Map([[ended, new Set([email])]]),
      doubts: new Map<StateResource, ContactDoubt>(),
      adds,
    };
    const { resources: left = [], pending_operations: stillPending } = settledState(state, state, settled);
    assert.deepEqual(stillPending, []);
    return left;
  }
  const urns = (resources: readonly StateResource[]) => resources.map(({ urn }) => urn);

  it("records each as after an add whose answer was lost", () => {
    const left = settle([PROVIDER, seeds]);
    assert.deepEqual(urns(left), ["urn:provider", "urn:seeds", "urn:ada"]);
    assert.match(left[2]!.id!, /^contact-[0-9a-f]{12}$/);
    assert.deepEqual(left[2]!.outputs, { email, list: "Seeds", adopted: false, addSentAt: 7 });
  });

  it("lets what enrolls one depend on it, and come after it", () => {
    const left = settle([PROVIDER, welcome, seeds], { users: ["urn:welcome"] });
    assert.deepEqual(urns(left), ["urn:provider", "urn:seeds", "urn:ada", "urn:welcome"]);
    assert.deepEqual(left[3]!.dependencies, ["urn:ada"]);
  });

  it("takes one out of a component that depends on what enrolls it, or that is gone", () => {
    const left = settle([PROVIDER, welcome, { ...seeds, dependencies: ["urn:welcome"] }], { users: ["urn:welcome"] });
    assert.deepEqual(urns(left), ["urn:provider", "urn:ada", "urn:welcome", "urn:seeds"]);
    assert.deepEqual([left[1]!.parent, left[2]!.dependencies], [undefined, ["urn:ada"]]);
    assert.equal(settle([PROVIDER])[1]!.parent, undefined);
  });

  it("keeps the old half of its replacement, and one that two kills have left with another address", () => {
    const old = { ...contact, outputs: { email: "eve@seeds.example.com" } };
    const left = settle([PROVIDER, seeds, old], { pending: [contact, contact] });
    assert.deepEqual(urns(left).slice(2), ["urn:ada", "urn:ada-added", "urn:ada-added-added"]);
    assert.equal(left[2], old);
  });

  it("keeps what one depends on, though it has ended", () => {
    const first = { urn: "urn:first", type: TYPES.enrollment, outputs: { email: "eve@seeds.example.com" } };
    const after = { ...contact, dependencies: ["urn:first"] };
    const left = settle([PROVIDER, seeds, first], { pending: [after], ended: "urn:first" });
    assert.deepEqual(urns(left), ["urn:provider", "urn:seeds", "urn:first", "urn:ada"]);
    assert.equal(left[2]!.pendingReplacement, true);
  });

  it("keeps secret values encrypted", () => {
    const secret = { [SECRET]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "abc" };
    const left = settle([PROVIDER, seeds], { pending: [{ ...contact, inputs: { email: secret } }] });
    assert.deepEqual(left[2]!.outputs!["email"], secret);
  });
});

describe("a state with a contact that a killed run may have changed", () => {
  const outputs = { email, contactId: "c-1", adopted: false };
  const recorded = { ...contact, outputs };
  /** Settles a state with a doubt about its first resource. @returns The resources' outputs. */
  function settled(resources: StateResource[], doubt: ContactDoubt) {
    const seen = { resources: structuredClone(resources) };
    const doubts = new Map([[seen.resources[0]!, doubt]]);
    const { resources: left = [] } = settledState({ resources }, seen, { ended: new Map(), doubts, adds: new Map() });
    return left.map((one) => one.outputs);
  }

  it("has the time of the add, and no id where the next up is to add it again", () => {
    const settle = (doubt: ContactDoubt) => settled([recorded], doubt)[0];
    assert.deepEqual(settle({ isToAdd: true, addSentAt: 7 }), { email, adopted: false, addSentAt: 7 });
    assert.deepEqual(settle({ isToAdd: false, addSentAt: 7 }), { ...outputs, addSentAt: 7 });
    assert.deepEqual(settle({ isToAdd: true }), { email, adopted: false });
  });

  it("keeps a later time that it has already", () => {
    const late = { ...recorded, outputs: { ...outputs, addSentAt: 8 } };
    assert.deepEqual(settled([late], { isToAdd: false, addSentAt: 7 }), [late.outputs]);
  });

  it("keeps the other half of its replacement, which has the same URN", () => {
    const old = { ...contact, delete: true, outputs: { ...outputs, email: "eve@seeds.example.com" } };
    assert.deepEqual(settled([recorded, old], { isToAdd: true })[1], old.outputs);
  });
});
