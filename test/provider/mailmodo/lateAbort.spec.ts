import assert from "node:assert/strict";
import { abortJourney } from "../../../provider/mailmodo/client";
import { Deadline } from "../../../provider/mailmodo/deadline";
import type { LateCallError } from "../../../provider/mailmodo/errors";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import { useCapturedOutput } from "../../support/capturedOutput";
import { journeyId } from "../../support/journeyId";
import { json, type Answer } from "../../support/server";
import { abortion, no, useVendor } from "../../support/vendor";

const byAddress = { ...abortion, instanceId: undefined };
/** The first attempt is lost, the second confirmed. */
const lostOnce: Answer = (response, nth) =>
  nth === 1 ? response.destroy() : json(response, 200, { success: true, message: "journey aborted" });

describe("the client: an abort by address of which an attempt was lost", () => {
  const vendor = useVendor(Date.UTC(2026, 10, 24, 12));
  useCapturedOutput();

  it("returns a minute after that attempt, with all of its time left", async () => {
    const connection = { ...(await vendor.answering(lostOnce)), deadline: new Deadline() };
    assert.equal(await vendor.settle(abortJourney(connection, byAddress)), undefined);
    assert.deepEqual([vendor.server.seen.length, vendor.elapsed()], [2, 60_000]);
    assert.ok(connection.deadline.leftMs() > 50_000, `${connection.deadline.leftMs()}`);
  });

  it("returns at once where the instance is known", async () => {
    const connection = await vendor.answering(lostOnce);
    await vendor.settle(abortJourney(connection, abortion));
    assert.ok(vendor.elapsed() < 1_000, `${vendor.elapsed()}`);
  });

  it("waits for that of an earlier run, too", async () => {
    const connection = await vendor.answering((response) => json(response, 200, { success: true, message: "done" }));
    await vendor.settle(abortJourney(connection, { ...byAddress, abortSentAt: vendor.clock.now() - 22_000 }));
    assert.deepEqual([vendor.server.seen.length, vendor.elapsed()], [1, 38_000]);
  });

  it("says when that was sent where it is refused then", async () => {
    const connection = await vendor.answering((response, nth) =>
      nth === 1 ? response.destroy() : json(response, 400, { ...no, message: "Journey is paused" }),
    );
    const abortSentAt = vendor.clock.now();
    await assert.rejects(vendor.settle(abortJourney(connection, byAddress)), { name: "RefusedError", abortSentAt });
  });

  for (const [when, ageMs] of [
    ["an hour ago", 3_600_000],
    ["just before, of which that run's own note tells", 1_000],
  ] as const)
    it(`says nothing of that of an earlier run where it is refused: it was sent ${when}`, async () => {
      const connection = await vendor.answering((response) =>
        json(response, 400, { ...no, message: "Journey is paused" }),
      );
      const abortSentAt = vendor.clock.now() - ageMs;
      await assert.rejects(vendor.settle(abortJourney(connection, { ...byAddress, abortSentAt })), {
        name: "RefusedError",
        abortSentAt: undefined,
      });
    });

  it("says nothing of one that can no longer take effect when it fails", async () => {
    const connection = { ...(await vendor.answering((response) => response.destroy())), lateEffectMs: 0 };
    await assert.rejects(vendor.settle(abortJourney(connection, byAddress)), { abortSentAt: undefined });
  });

  it("fails at once when the process is to end, and says from when on to run it again", async () => {
    const connection = { ...(await vendor.answering(lostOnce)), pace: new RateLimit(1_000_000) };
    const abortSentAt = vendor.clock.now();
    const ended = assert.rejects(vendor.settle(abortJourney(connection, byAddress)), (error: LateCallError) => {
      assert.deepEqual([error.name, error.abortSentAt], ["LateCallError", abortSentAt]);
      assert.equal(
        error.message,
        `Could not abort journey ${journeyId} for j***@example.com: its abort, sent at 12:00:00 UTC, may still take effect. Run it again from 12:01:00 UTC on.`,
      );
      return true;
    });
    connection.pace.rest = async () => false;
    await ended;
  });
});
