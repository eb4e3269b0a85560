import assert from "node:assert/strict";
import { abortJourney, startJourney } from "../../../provider/mailmodo/client";
import type { UnconfirmedError, LateCallError } from "../../../provider/mailmodo/errors";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import { Deadline } from "../../../provider/mailmodo/deadline";
import type { Connection } from "../../../provider/mailmodo/transport";
import { printed, useCapturedOutput } from "../../support/capturedOutput";
import { journeyId } from "../../support/journeyId";
import { json, type Answer } from "../../support/server";
import { abortion, no, request, useVendor } from "../../support/vendor";

const HOUR_MS = 3_600_000;
const done = { success: true, message: "journey aborted" };
const nothing = { ...no, status: "error", message: "No such journey instance" };
const nothingLeft: Answer = (response) => json(response, 400, nothing);

describe("the client: an abort by address of a start that may still take effect", () => {
  const vendor = useVendor(Date.UTC(2026, 10, 24, 12));
  useCapturedOutput();
  /** An abort by address of a start that was sent so long ago. */
  const byAddress = (ageMs: number) => ({
    ...abortion,
    instanceId: undefined,
    startSentAt: vendor.clock.now() - ageMs,
  });
  const abort = (connection: Connection, ageMs: number) => vendor.settle(abortJourney(connection, byAddress(ageMs)));
  const asked = () => vendor.server.seen.length;

  it("is sent at once, and again when the start is a minute old", async () => {
    const times: number[] = [];
    const connection = await vendor.answering((response) => {
      times.push(vendor.elapsed());
      json(response, 400, nothing);
    });
    assert.equal(await abort(connection, 22_000), "No such journey instance");
    assert.deepEqual(times, [0, 38_000]);
  });

  for (const [first, second, came] of [
    [done, done, undefined],
    [done, nothing, undefined],
    [nothing, done, undefined],
    [nothing, nothing, "No such journey instance"],
  ] as const) {
    it(`is sent twice where it is answered "${first.message}" and "${second.message}", and says whether it found something`, async () => {
      const connection = await vendor.answering((response, nth) =>
        json(response, (nth === 1 ? first : second).success ? 200 : 400, nth === 1 ? first : second),
      );
      assert.equal(await abort(connection, 22_000), came);
      assert.equal(asked(), 2);
    });
  }

  it("is sent once where the start is a minute old, or its age is not known", async () => {
    const connection = await vendor.answering(nothingLeft);
    await abort(connection, 60_000);
    await abort(connection, 8 * HOUR_MS);
    await vendor.settle(abortJourney(connection, { ...abortion, instanceId: undefined }));
    await abort(connection, NaN);
    assert.deepEqual([asked(), vendor.elapsed()], [4, 0]);
  });

  it("is sent once where the instance is known, however young the start", async () => {
    const connection = await vendor.answering(nothingLeft);
    await vendor.settle(abortJourney(connection, { ...byAddress(0), instanceId: abortion.instanceId }));
    assert.deepEqual([asked(), vendor.elapsed()], [1, 0]);
  });

  it("fails at once where the minute would not be over in time, and says from when on to run it again", async () => {
    const connection = await vendor.answering(nothingLeft);
    await assert.rejects(abort(connection, 3_200), (error: LateCallError) => {
      assert.equal(error.name, "LateCallError");
      assert.equal(error.mayTakeEffectUntil, vendor.clock.now() + 56_800);
      assert.equal(error.mayHaveTakenEffect, true);
      assert.equal(
        error.message,
        `Could not abort journey ${journeyId} for j***@example.com: its start, sent at 11:59:57 UTC, may still take effect. Run it again from 12:00:57 UTC on.`,
      );
      return true;
    });
    assert.deepEqual([asked(), vendor.elapsed()], [1, 0]);
  });

  it("is not sent again where it is refused, and waits for nothing", async () => {
    const connection = await vendor.answering((response) =>
      json(response, 400, { ...no, message: "Journey is paused" }),
    );
    await assert.rejects(abort(connection, 22_000), { name: "RefusedError" });
    assert.deepEqual([asked(), vendor.elapsed()], [1, 0]);
  });

  it("may have taken effect where the second one is refused", async () => {
    const connection = await vendor.answering((response, nth) =>
      json(response, nth === 1 ? 200 : 400, nth === 1 ? done : no),
    );
    await assert.rejects(abort(connection, 22_000), { name: "RefusedError", mayHaveTakenEffect: true });
  });

  for (const [what, ms] of [
    ["back", -HOUR_MS],
    ["forwards", HOUR_MS],
  ] as const) {
    it(`waits as long when the clock is set ${what} in the meantime`, async () => {
      const connection = await vendor.answering((response, nth) => {
        if (nth === 1) vendor.clock.setSystemTime(vendor.clock.now() + ms);
        json(response, 400, nothing);
      });
      const began = performance.now();
      await abort(connection, 22_000);
      assert.deepEqual([asked(), performance.now() - began], [2, 38_000]);
    });

    it(`waits for what is left of the minute when this process sent the start, and the clock was set ${what} since`, async () => {
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? response.destroy() : json(response, 400, nothing),
      );
      let startSentAt: number | undefined;
      await startJourney(connection, request).catch((error: UnconfirmedError) => ({ startSentAt } = error));
      vendor.clock.tick(22_000);
      vendor.clock.setSystemTime(vendor.clock.now() + ms);
      const began = performance.now();
      const later = { ...connection, deadline: new Deadline() };
      await vendor.settle(abortJourney(later, { ...abortion, instanceId: undefined, startSentAt }));
      assert.deepEqual([asked(), performance.now() - began], [3, 38_000]);
    });
  }

  it("waits a minute, and no longer, where the start was sent in the future", async () => {
    const connection = await vendor.answering(nothingLeft);
    assert.equal(await abort(connection, -HOUR_MS), "No such journey instance");
    assert.deepEqual([asked(), vendor.elapsed()], [2, 60_000]);
  });

  it("fails at once when the process is to end, and says from when on to run it again", async () => {
    const connection = { ...(await vendor.answering(nothingLeft)), pace: new RateLimit(1_000_000) };
    const ended = assert.rejects(abortJourney(connection, byAddress(22_000)), {
      name: "LateCallError",
      message: /Run it again from 12:00:38 UTC on\.$/,
    });
    await vendor.clock.waiting(38_000);
    connection.pace.releaseAll();
    await ended;
    assert.deepEqual([asked(), vendor.elapsed()], [1, 0]);
  });

  it("says once that it waits, however many do", async () => {
    const connection = await vendor.answering(nothingLeft);
    const lines = await printed(() =>
      vendor.settle(Promise.all([1, 2, 3].map(() => abortJourney(connection, byAddress(22_000))))),
    );
    assert.deepEqual(lines, ["Waiting 38 s: until then, a start whose answer was lost may still take effect."]);
    assert.equal(vendor.elapsed(), 38_000);
  });

  it("says so again for a wait that ends much later than it has said", async () => {
    const connection = await vendor.answering(nothingLeft);
    const ages = [58_000, 57_000, 22_000];
    const lines = await printed(async () => {
      const waits = ages.map(async (age, nth) => {
        while (asked() < nth) await new Promise((resolve) => setImmediate(resolve));
        await abortJourney(connection, byAddress(age));
      });
      await vendor.settle(Promise.all(waits));
    });
    const late = "a start whose answer was lost may still take effect.";
    assert.deepEqual(lines, [`Waiting 2 s: until then, ${late}`, `Waiting 38 s: until then, ${late}`]);
  });
});
