import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { Deadline } from "../../../provider/mailmodo/deadline";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import type { Connection } from "../../../provider/mailmodo/transport";
import { SuppressionCheck } from "../../../provider/plugin/suppressionCheck";
import { journeyId } from "../../support/journeyId";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";

const email = "qa@seeds.example.com";

describe("SuppressionCheck", () => {
  const timeoutMs = 10_000;
  const clock = useMovableClock();
  const sandbox = useSandbox({ now: () => Date.now() });
  let lines: string[];
  let check: SuppressionCheck;
  beforeEach(() => {
    lines = [];
    check = new SuppressionCheck((line) => lines.push(line));
  });
  const connection = (pace = new RateLimit(1000)): Connection => ({
    baseUrl: sandbox().url,
    apiKey: SANDBOX_KEY,
    requestTimeoutMs: timeoutMs,
    deadline: new Deadline(),
    pace,
    reasonToHold: async () => undefined,
  });
  const isHung = ({ fault }: { fault?: string }) => fault === "hang";
  const hung = () => sandbox().store.requests().filter(isHung).length;
  const refuse = (to = connection()) => clock.settle(check.refuse(to, { journeyId, email }), hung);

  it("leaves the start all of its time, however long a look-up takes", async () => {
    sandbox().faults.add({ kind: "hang", on: "getContactDetails" });
    const to = connection();
    const before = clock.now();
    await refuse(to);
    assert.ok(clock.now() - before >= timeoutMs, "the look-up took its time");
    assert.ok(clock.now() - before <= 60_000, "and no more than its own");
    assert.equal(to.deadline.leftMs(), 60_000);
  });

  it("takes its permits from the limiter of the starts", async () => {
    const to = connection(new RateLimit(1));
    await refuse(to);
    const before = clock.now();
    (await clock.settle(to.pace.permit())).release();
    assert.ok(clock.now() - before >= 1000);
  });

  it("starts nothing, and says nothing, while the run is being stopped", async () => {
    const stopped = { ...connection(), reasonToHold: async () => "the run is being stopped" };
    for (let nth = 0; nth < 3; nth++) await assert.rejects(refuse(stopped), { name: "HeldError" });
    assert.deepEqual(lines, []);
    await refuse();
    assert.equal(sandbox().store.requests().length, 1);
  });

  it("looks nothing up for a minute after three failures in a row, and then again", async () => {
    sandbox().faults.add({ kind: "hang", on: "getContactDetails" });
    for (let nth = 0; nth < 3; nth++) await refuse();
    const before = sandbox().store.requests().length;
    await refuse();
    assert.equal(sandbox().store.requests().length, before);
    assert.equal(lines.length, 1);
    sandbox().faults.clear();
    sandbox().setContacts([{ email, unsubscribed: true }]);
    clock.tick(60_001);
    await assert.rejects(refuse(), /because it is unsubscribed/);
  });
});
