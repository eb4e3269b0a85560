import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import { slowDownLine } from "../../../../provider/commands/recover/slowDownLine";

describe("recover's line about a wait", () => {
  let clock: FakeTimers.Clock;
  beforeEach(() => (clock = FakeTimers.install()));
  afterEach(() => clock.uninstall());

  it("comes once a minute, and only if Mailmodo asked for it", () => {
    const lines: string[] = [];
    const say = slowDownLine((line) => lines.push(line));
    say(9_000, "permit");
    say(9_000, "retry");
    say(29_001, "slowDown");
    clock.tick(59_000);
    say(5_000, "slowDown");
    clock.tick(1_000);
    say(60_000, "slowDown");
    assert.deepEqual(lines, ["Mailmodo asks to slow down: waiting 30 s.", "Mailmodo asks to slow down: waiting 60 s."]);
  });
});
