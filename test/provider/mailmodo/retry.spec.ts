import assert from "node:assert/strict";
import { abortJourney, startJourney } from "../../../provider/mailmodo/client";
import { Deadline } from "../../../provider/mailmodo/deadline";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import { json } from "../../support/server";
import { abortion, no, ok, ref, request, useVendor } from "../../support/vendor";

const MINUTE_MS = 60_000;

describe("a call that is answered 429", () => {
  const vendor = useVendor();

  it("goes on beyond a minute and six attempts, and gets its instance", async () => {
    const connection = await vendor.answering((response, nth) =>
      nth <= 20 ? json(response, 429, no, { "Retry-After": "30" }) : json(response, 200, ok),
    );
    assert.equal(await vendor.settle(startJourney(connection, request)), ref);
    assert.ok(vendor.elapsed() >= 10 * MINUTE_MS, `${vendor.elapsed()}`);
  });

  for (const [what, call] of [
    ["a start", startJourney],
    ["an abort", abortJourney],
  ] as const) {
    it(`is given up after the budget, and says for how long: ${what}`, async () => {
      const connection = await vendor.answering((response) => json(response, 429, no, { "Retry-After": "30" }));
      const limited = { ...connection, deadline: new Deadline(5 * MINUTE_MS) };
      await assert.rejects(vendor.settle(call(limited, { ...request, ...abortion })), {
        name: "SlowDownError",
        message: /: Mailmodo asked to slow down \(429\) for [56] min\.$/,
      });
      assert.ok(vendor.elapsed() >= 4 * MINUTE_MS && vendor.elapsed() <= 6 * MINUTE_MS, `${vendor.elapsed()}`);
    });
  }

  it("is not sent again where the budget is nothing", async () => {
    const connection = await vendor.answering((response) => json(response, 429, no));
    const limited = { ...connection, deadline: new Deadline(0) };
    await assert.rejects(vendor.settle(startJourney(limited, request)), { name: "SlowDownError" });
    assert.equal(vendor.server.seen.length, 1);
  });

  it("leaves the operation its minute: what fails later is retried as if nothing had been", async () => {
    const connection = await vendor.answering((response, nth) => {
      if (nth <= 4) return json(response, 429, no, { "Retry-After": "30" });
      return nth <= 6 ? response.destroy() : json(response, 200, { success: true, message: "ok" });
    });
    await vendor.settle(abortJourney(connection, abortion));
    assert.equal(vendor.server.seen.length, 7);
  });

  it("goes before what has waited for its first permit, so that none waits for long", async () => {
    const connection = await vendor.answering((response, nth) =>
      json(response, nth === 1 ? 429 : 200, nth === 1 ? no : ok),
    );
    const limited = { ...connection, pace: new RateLimit(1) };
    const order: number[] = [];
    await vendor.settle(
      Promise.all(
        [1, 2, 3].map((nth) =>
          startJourney({ ...limited, deadline: new Deadline() }, request).then(() => order.push(nth)),
        ),
      ),
    );
    assert.deepEqual(order, [1, 2, 3]);
  });

  it("says of each wait where it begins, how long it is and why", async () => {
    const connection = await vendor.answering((response, nth) => {
      if (nth === 1) return json(response, 429, no, { "Retry-After": "47" });
      if (nth === 2) return response.destroy();
      return json(response, nth === 3 ? 503 : 200, nth === 3 ? no : { success: true }, { "Retry-After": "30" });
    });
    const waits: { at: number; ms: number; why: string }[] = [];
    const onWait = (ms: number, why: string) => {
      if (why !== "permit") waits.push({ at: vendor.elapsed(), ms, why });
    };
    await vendor.settle(abortJourney({ ...connection, onWait }, abortion));
    assert.deepEqual(
      waits.map(({ why }) => why),
      ["slowDown", "retry", "slowDown"],
    );
    const [asked, retried, overloaded] = waits;
    assert.deepEqual([asked?.at, asked?.ms], [0, 47_000]);
    assert.ok(retried!.at >= 47_000 && overloaded!.ms >= 30_000, JSON.stringify(waits));
  });

  it("ends its wait at once where nothing more will be sent", async () => {
    let isEnding = false;
    const connection = {
      ...(await vendor.answering((response) => json(response, 429, no, { "Retry-After": "47" }))),
      pace: new RateLimit(1_000_000),
      reasonToHold: async () => (isEnding ? "the run is ending" : undefined),
    };
    const ended = assert.rejects(startJourney(connection, request), { name: "HeldError" });
    await vendor.clock.waiting(47_000);
    isEnding = true;
    connection.pace.releaseAll();
    await ended;
    assert.deepEqual([vendor.server.seen.length, vendor.elapsed()], [1, 0]);
  });

  it("is given up where nothing more will be sent, even if nothing holds it back", async () => {
    const pace = new RateLimit(1_000_000);
    const connection = { ...(await vendor.answering((response) => json(response, 429, no))), pace };
    pace.releaseAll();
    await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "SlowDownError" });
    assert.equal(vendor.server.seen.length, 1);
  });
});
