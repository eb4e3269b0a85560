import assert from "node:assert/strict";
import { Calls } from "../../../sandbox/state/calls";
import { Clock } from "../../../sandbox/state/clock";
import { defaultProfile } from "../../../sandbox/state/profiles";
import { Store } from "../../../sandbox/state/store";
import { Timekeeper } from "../../../sandbox/state/timekeeper";

describe("the sandbox's store", () => {
  let now = 0;
  const withLateStart = () => {
    now = 0;
    const clock = new Clock(() => now);
    const limits = { requests: 10, mails: 10, ended: 10, archived: 10 };
    const store = new Store({ clock, journeyDurationMs: 60_000, journeys: new Map(), limits, linkOf: String });
    const timekeeper = new Timekeeper(store, new Calls(store, () => defaultProfile), clock);
    const late = {
      id: 1,
      at: 1_000,
      call: "start",
      journeyId: "6f1c",
      body: { email: "ada@seeds.example.com" },
    } as const;
    store.commit([{ late }]);
    now = 2_000;
    return { store, timekeeper };
  };

  it("is not changed by being read, even when a late effect is due", () => {
    const { store } = withLateStart();
    store.all();
    assert.deepEqual(store.all(), []);
  });

  it("shows a late effect once it has happened, at the time at which it was due", () => {
    const { store, timekeeper } = withLateStart();
    timekeeper.catchUp();
    assert.deepEqual(
      store.all().map(({ startedAt }) => Date.parse(startedAt)),
      [1_000],
    );
  });
});
