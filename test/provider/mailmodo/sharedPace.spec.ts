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
    // The limit of the smallest plan, which gives each run one request in 20 s.
    ["100 runs of 5", 1.3, 30, 0.85],
    ["100 runs of 60, at the highest limit", 1.3, 2.7, 0.45],
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

  // In 18 of 20 plays the small ones take less than 10 s. The third is the worst of them.
  for (const [seed, atMostSeconds] of [
    [1, 10],
    [2, 10],
    [3, 25],
  ] as const) {
    it(`let small ones through beside a big one, which loses little, seed ${seed}`, async () => {
      const shared = await share(SHARINGS["10,000 beside 5 runs of 5"], seed);
      assert.equal(shared.failed, 0);
      assert.ok(Math.max(...shared.seconds[1]!) <= atMostSeconds, shared.seconds[1]!.join());
      assert.ok(shared.toFloor <= 1.15, `${shared.toFloor}`);
      assert.ok(shared.refused <= 0.35);
    });
  }

  it("come to the same result with the same seed", async () => {
    const [one, other] = [await share(SHARINGS["20 runs of 5"], 7), await share(SHARINGS["20 runs of 5"], 7)];
    assert.deepEqual(one, other);
  });

  it("leave a run that is alone all of its limit again after a 429", async () => {
    const shared = await share(SHARINGS["1 run of 60, alone"], 1);
    assert.ok(shared.toFloor <= 1.25, `${shared.toFloor}`);
  });
});
