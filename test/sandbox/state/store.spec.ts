import assert from "node:assert/strict";
import { Store } from "../../../sandbox/state/store";

describe("the sandbox's store", () => {
  let now = 0;
  const withLateStart = () => {
    now = 0;
    const store = new Store(() => now, 60_000, new Map());
    store.late.add(1_000, () => void store.instances.start("6f1c", "ada@seeds.example.com", {}));
    now = 2_000;
    return store;
  };

  it("is not changed by being read, even when a late effect is due", () => {
    const store = withLateStart();
    store.all();
    assert.deepEqual(store.all(), []);
  });

  it("shows a late effect once it has happened, at the time at which it was due", () => {
    const store = withLateStart();
    store.late.catchUp();
    assert.deepEqual(
      store.all().map(({ startedAt }) => Date.parse(startedAt)),
      [1_000],
    );
  });
});
