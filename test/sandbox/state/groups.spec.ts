import assert from "node:assert/strict";
import { Groups } from "../../../sandbox/state/groups";

describe("items in groups", () => {
  const out = new Set<number>();
  let looks = 0;
  const make = () =>
    new Groups<number>((item) => {
      looks += 1;
      return !out.has(item);
    });
  const take = (groups: Groups<number>, key: string, item: number) => {
    out.add(item);
    groups.removed(key);
  };
  beforeEach(() => {
    out.clear();
    looks = 0;
  });

  it("keep their order, whichever is taken out", () => {
    const groups = make();
    for (const item of [1, 2, 3, 4, 5]) groups.add("a", item);
    groups.add("b", 6);
    for (const item of [3, 1]) take(groups, "a", item);
    assert.deepEqual([groups.first("a"), groups.all("a"), groups.all("b")], [2, [2, 4, 5], [6]]);
    for (const item of [5, 2, 4]) take(groups, "a", item);
    assert.deepEqual([groups.first("a"), groups.all("a")], [undefined, []]);
  });

  for (const [what, next] of [
    ["the oldest", (count: number) => count],
    ["the newest", (count: number) => 9_999 - count],
    ["another", (count: number) => (count * 7_919) % 10_000],
  ] as const) {
    it(`cost the same however many there are, if ${what} is taken out each time`, () => {
      const groups = make();
      for (let item = 0; item < 10_000; item++) groups.add("a", item);
      for (let count = 0; count < 10_000; count++) {
        take(groups, "a", next(count));
        groups.first("a");
      }
      assert.ok(looks < 50_000, `${looks}`);
    });
  }
});
