import assert from "node:assert/strict";
import { share } from "../../../bench/sharedKey";
import { SHARINGS } from "../../../bench/sharingReport";

/** With the sandbox's own limit, and the client's own retries and pace, on a moved clock. */
describe("runs that share a key", () => {
  for (const [name, toFloor, lastToFirst, refused] of [
    ["6 runs of 60", 1.3, 2, 0.35],
    ["6 runs of 60, told to wait", 1.3, 2.3, 0.35],
    ["20 runs of 5", 1.3, 6, 0.47],
    ["3 runs of 60, set to 5, 10 and 50", 1.35, 2.7, 0.35],
  ] as const) {
    for (const seed of [1, 2, 3]) {
      it(`enroll all, near the floor, evenly, with few refused: ${name}, seed ${seed}`, async () => {
        const shared = await share(SHARINGS[name], seed);
        assert.equal(shared.failed, 0);
        assert.ok(shared.toFloor <= toFloor, `to the floor: ${shared.toFloor}`);
        assert.ok(shared.lastToFirst <= lastToFirst, `last to first: ${shared.lastToFirst}`);
        assert.ok(shared.refused <= refused, `refused: ${shared.refused}`);
      });
    }
  }

  it("let small ones through beside a big one, which loses little", async () => {
    const big = { runs: 1, contacts: 4_000, perSecond: 50 };
    const small = { runs: 5, contacts: 5, perSecond: 50, atSeconds: 30 };
    const shared = await share({ groups: [big, small], limit: 50 }, 1);
    assert.equal(shared.failed, 0);
    assert.ok(Math.max(...shared.seconds[1]!) <= 10, shared.seconds[1]!.join());
    assert.ok(shared.toFloor <= 1.15, `${shared.toFloor}`);
    assert.ok(shared.refused <= 0.35);
  });

  it("come to the same result with the same seed", async () => {
    const [one, other] = [await share(SHARINGS["20 runs of 5"], 7), await share(SHARINGS["20 runs of 5"], 7)];
    assert.deepEqual(one, other);
  });

  it("leave a run that is alone all of its limit again after a 429", async () => {
    const shared = await share(SHARINGS["1 run of 60, alone"], 1);
    assert.ok(shared.toFloor <= 1.25, `${shared.toFloor}`);
  });
});
