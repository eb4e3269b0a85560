import assert from "node:assert/strict";
import { inParallel } from "../../../provider/async/inParallel";

describe("inParallel", () => {
  const items = Array.from({ length: 40 }, (_, index) => index);

  it("begins the actions in the items' order", async () => {
    const begun: number[] = [];
    await inParallel(items, async (item) => void begun.push(item));
    assert.deepEqual(begun, items);
  });

  for (const [atATime, expected] of [
    [undefined, 16],
    [8, 8],
  ] as const) {
    it(`runs at most ${expected} at a time${atATime === undefined ? "" : " if told so"}`, async () => {
      let running = 0;
      let most = 0;
      const action = async () => {
        most = Math.max(most, (running += 1));
        await new Promise(setImmediate);
        running -= 1;
      };
      await inParallel(items, action, atATime);
      assert.equal(most, expected);
    });
  }

  it("throws the first error", async () => {
    const fail = async (item: number) => {
      if (item > 2) throw new Error(`${item}`);
    };
    await assert.rejects(inParallel(items, fail), { message: "3" });
  });

  it("begins no other action after one has failed", async () => {
    const begun: number[] = [];
    const fail = async (item: number) => {
      begun.push(item);
      await new Promise(setImmediate);
      throw new Error("no");
    };
    await assert.rejects(inParallel(items, fail));
    assert.equal(begun.length, 16);
  });

  it("waits for the actions in progress after one has failed", async () => {
    let done = 0;
    const action = async (item: number) => {
      if (item === 0) throw new Error("no");
      await new Promise(setImmediate);
      done += 1;
    };
    await assert.rejects(inParallel(items, action));
    assert.equal(done, 15);
  });
});
