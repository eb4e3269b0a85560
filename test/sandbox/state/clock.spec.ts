import assert from "node:assert/strict";
import { Clock } from "../../../sandbox/state/clock";

describe("the sandbox's clock", () => {
  it("is moved by nothing though the machine's goes on meanwhile", () => {
    let now = Date.UTC(2026, 10, 24);
    const clock = new Clock(() => (now += 1));
    assert.equal(clock.aheadAfter({ advanceSeconds: 0 }, undefined), 0);
    assert.equal(clock.aheadAfter({ advanceSeconds: 60 }, undefined), 60_000);
    assert.equal(clock.aheadAfter({ toNextMail: true }, now - 5_000), 0);
  });
});
