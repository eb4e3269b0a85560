import assert from "node:assert/strict";
import { atMostEvery } from "../../../provider/async/atMostEvery";

describe("atMostEvery", () => {
  const counter = (maxAgeMs: number) => {
    let looks = 0;
    return atMostEvery(maxAgeMs, async () => (looks += 1));
  };

  it("gives the last result again for that long", async () => {
    const look = counter(60_000);
    await look();
    assert.equal(await look(), 1);
  });

  it("begins no look while another is under way", async () => {
    const release: (() => void)[] = [];
    let looks = 0;
    const look = atMostEvery(-1, async () => {
      looks += 1;
      await new Promise<void>((resolve) => release.push(resolve));
    });
    const both = Promise.all([look(), look()]);
    for (const one of release) one();
    await both;
    assert.equal(looks, 1);
  });

  it("looks again after that", async () => {
    const look = counter(-1);
    await look();
    assert.equal(await look(), 2);
  });
});
