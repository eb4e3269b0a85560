import assert from "node:assert/strict";
import { effectsOf, possibleStartsOf } from "../../../provider/pulumi/pendingOperations";
import { enrollment, shard, stateOf, unconfirmed } from "../../support/handmadeStates";

const ADA = "ada@seeds.example.com";
const recorded = enrollment("ada", ADA);

describe("effectsOf", () => {
  const shown = (...of: Parameters<typeof effectsOf>) =>
    effectsOf(...of)?.map(({ start, ended }) => [start?.email, ended?.email]);

  it("tells of a create that it may have started", () => {
    assert.deepEqual(shown({ type: "creating", resource: recorded }, []), [[ADA, undefined]]);
  });

  it("tells of a delete that it may have ended, but not of what is retained", () => {
    assert.deepEqual(shown({ type: "deleting", resource: recorded }, []), [[undefined, ADA]]);
    assert.deepEqual(shown({ type: "deleting", resource: { ...recorded, retainOnDelete: true } }, []), []);
  });

  it("tells of the update of an unconfirmed start that it may have ended and started it", () => {
    const resource = unconfirmed("ada", ADA);
    assert.deepEqual(shown({ type: "updating", resource }, [resource]), [[ADA, ADA]]);
    assert.deepEqual(shown({ type: "updating", resource: recorded }, [recorded]), []);
  });

  it("finds what is recorded under an alias", () => {
    const former = unconfirmed("former", ADA);
    const resource = { ...unconfirmed("ada", ADA), aliases: [former.urn] };
    assert.deepEqual(shown({ type: "updating", resource }, [former]), [[ADA, ADA]]);
  });

  it("does not know what the update of a resource did that is not recorded", () => {
    assert.equal(shown({ type: "updating", resource: recorded }, []), undefined);
  });

  it("tells nothing of a read", () => assert.deepEqual(shown({ type: "reading", resource: recorded }, []), []));
});

describe("possibleStartsOf", () => {
  const started = (type: string, resource = recorded) =>
    possibleStartsOf(stateOf([], [{ type, resource }])).map(({ email }) => email);

  it("tells of a create and of an update, also of a resource that is not recorded", () => {
    assert.deepEqual([started("creating"), started("updating")], [[ADA], [ADA]]);
  });

  it("tells of each contact of a shard", () => {
    const smoke = shard("smoke", 0, { [ADA]: "1", "bob@seeds.example.com": null });
    assert.deepEqual(started("updating", smoke), [ADA, "bob@seeds.example.com"]);
  });

  it("tells of no delete and no read", () => {
    assert.deepEqual([started("deleting"), started("reading")], [[], []]);
  });
});
