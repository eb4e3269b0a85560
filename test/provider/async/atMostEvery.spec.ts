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

  it("looks again after that", async () => {
    const look = counter(-1);
    await look();
    assert.equal(await look(), 2);
  });
});
