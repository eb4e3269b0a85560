import assert from "node:assert/strict";
import { abortJourney, startJourney } from "../../../provider/mailmodo/client";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import { MAX_ATTEMPTS } from "../../../provider/mailmodo/retry";
import { journeyId } from "../../support/journeyId";
import { json, type Answer } from "../../support/server";
import { abortion, no, ref, request, requestTimeoutMs, useVendor } from "../../support/vendor";

describe("the client: an abort", () => {
  const vendor = useVendor();

  it("aborts by instance id, with the reason", async () => {
    const connection = await vendor.answering((response) => json(response, 200, { success: true, message: "ok" }));
    assert.equal(await abortJourney(connection, abortion), undefined);
    assert.equal(vendor.server.seen[0]?.url, `/hooks/abort/${journeyId}`);
    assert.deepEqual(JSON.parse(vendor.server.seen[0]?.body ?? ""), { instanceId: ref, reason: "preview closed" });
  });

  it("aborts by address where no instance id is known", async () => {
    const connection = await vendor.answering((response) => json(response, 200, { success: true, message: "ok" }));
    await abortJourney(connection, { ...abortion, instanceId: undefined });
    assert.deepEqual(JSON.parse(vendor.server.seen[0]?.body ?? ""), {
      email: "jane.doe@example.com",
      reason: "preview closed",
    });
  });

  describe("repeats an abort", () => {
    for (const [what, fail] of [
      ["a reset", (response) => response.destroy()],
      ["a 500", (response) => json(response, 500, no)],
      ["a 502 with HTML", (response) => response.writeHead(502).end("<html>")],
      ["a 429", (response) => json(response, 429, no)],
      ["a 503", (response) => json(response, 503, no)],
      ["a gateway's 503", (response) => response.writeHead(503).end("<html>")],
      ["an unreadable 200", (response) => response.end("OK")],
    ] as [string, Answer][]) {
      it(`after ${what}`, async () => {
        const connection = await vendor.answering((response, nth, raw) =>
          nth < 3 ? fail(response, nth, raw) : json(response, 200, { success: true, message: "ok" }),
        );
        assert.equal(await vendor.settle(abortJourney(connection, abortion)), undefined);
        assert.equal(vendor.server.seen.length, 3);
      });
    }

    it("within a minute, then fails", async () => {
      const connection = await vendor.answering((response) => response.destroy());
      await assert.rejects(vendor.settle(abortJourney(connection, abortion)), { name: "UnconfirmedError" });
      assert.ok(vendor.server.seen.length > 1 && vendor.server.seen.length <= MAX_ATTEMPTS);
      assert.ok(vendor.elapsed() <= 60_000);
    });

    const refuseUnknown: Answer = (response) => json(response, 400, { ...no, message: "Bad state" });
    for (const [what, name, after] of [
      ["a refusal in words that nobody knows", "RefusedError", refuseUnknown],
      ["another key", "KeyRefusedError", (response) => json(response, 401, no)],
      ["429s to the end", "SlowDownError", (response) => json(response, 429, no)],
      ["503s to the end", "SlowDownError", (response) => json(response, 503, no)],
    ] as [string, string, Answer][]) {
      it(`and says that it may have taken effect when a lost answer is followed by ${what}`, async () => {
        const connection = await vendor.answering((response, nth, raw) =>
          nth === 1 ? response.destroy() : after(response, nth, raw),
        );
        await assert.rejects(vendor.settle(abortJourney(connection, abortion)), { name, mayHaveTakenEffect: true });
      });
    }

    it("after a gateway's 503 no earlier than its Retry-After says", async () => {
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? response.writeHead(503, { "Retry-After": "11" }).end() : json(response, 200, { success: true }),
      );
      await vendor.settle(abortJourney(connection, abortion));
      assert.ok(vendor.elapsed() >= 11_000 && vendor.elapsed() < 20_000, `${vendor.elapsed()}`);
    });

    for (const [what, name] of [
      ["is held back", "HeldError"],
      ["finds nobody there", "NotSentError"],
    ] as const) {
      it(`and says that it may have taken effect when a lost answer is followed by one that ${what}`, async () => {
        let isOver = false;
        const connection = await vendor.answering((response) => {
          isOver = true;
          response.destroy();
          if (name === "NotSentError") void vendor.server.close();
        });
        const reasonToHold = async () => (name === "HeldError" && isOver ? "no more" : undefined);
        await assert.rejects(vendor.settle(abortJourney({ ...connection, reasonToHold }, abortion)), {
          name,
          mayHaveTakenEffect: true,
          message: /An earlier attempt may have taken effect\./,
        });
      });
    }

    it("never after a refusal", async () => {
      const connection = await vendor.answering((response) => json(response, 400, { ...no, status: "error" }));
      await assert.rejects(vendor.settle(abortJourney(connection, abortion)), {
        name: "RefusedError",
        message: `Could not abort journey ${journeyId} for instance ${ref}: Mailmodo refused it (400): "No such luck".`,
      });
      assert.equal(vendor.server.seen.length, 1);
    });
  });

  it("gives its turn back when it is held, so that the next is not kept waiting", async () => {
    const answering = await vendor.answering((response) => json(response, 200, { success: true, message: "ok" }));
    const connection = { ...answering, pace: new RateLimit(1) };
    const held = abortJourney({ ...connection, reasonToHold: async () => "no" }, abortion);
    await assert.rejects(vendor.settle(held), { name: "HeldError" });
    assert.equal(await vendor.settle(abortJourney(connection, abortion)), undefined);
  });

  it("gives its turn back once the request has left, however long the answer takes", async () => {
    const connection = { ...(await vendor.answering(() => undefined)), pace: new RateLimit(1) };
    const seen = async (count: number) => {
      while (vendor.server.seen.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const calls = [1, 2].map(() => startJourney(connection, request).catch((error: Error) => error.name));
    await seen(1);
    vendor.clock.tick(1_100);
    await seen(2);
    vendor.clock.tick(requestTimeoutMs);
    assert.deepEqual(await Promise.all(calls), ["UnconfirmedError", "UnconfirmedError"]);
  });

  describe("takes an abort as done", () => {
    for (const message of [
      "No such journey instance",
      "The journey instance has already ended",
      "Journey instance not found",
      "Instance does not exist",
      "No running instance for this email",
      "No active journey instances found",
      "Journey already aborted",
      "Journey was already cancelled",
      "Journey is already completed for this contact",
      "Instance is completed",
      "Instance 11111111-2222-4333-8444-555555555555 has been aborted",
      "The instance is not running",
      "The instance is no longer active",
      "Could not find instance",
      "There is no instance with this id",
      "Already aborted",
    ]) {
      it(`when Mailmodo says "${message}", and passes the words on`, async () => {
        const connection = await vendor.answering((response) =>
          json(response, 400, { ...no, status: "error", message }),
        );
        assert.equal(await vendor.settle(abortJourney(connection, abortion)), message);
      });
    }

    for (const message of [
      "Journey not found",
      "Journey does not exist",
      "The provided email is not a valid email id",
      "Invalid journey id",
      "instanceId is invalid",
      "Something went wrong",
      "Journey is paused",
      "Journey is not running",
      "Journey is not active",
      "Your trial has ended",
      "Your plan has ended",
      "Your subscription is no longer active",
      "Account is not active",
      "Instance id not found in request body",
      "The instance is still running",
      "The instance could not be aborted",
      "",
    ]) {
      it(`but not when it says "${message}"`, async () => {
        const connection = await vendor.answering((response) =>
          json(response, 400, { ...no, status: "error", message }),
        );
        await assert.rejects(vendor.settle(abortJourney(connection, abortion)), { name: "RefusedError" });
      });
    }
  });

  it("takes an abort as done by a phrase of the settings", async () => {
    const message = "The contact Has Left the journey";
    const connection = await vendor.answering((response) => json(response, 400, { ...no, message }));
    const alreadyOver = ["has left the journey"];
    assert.equal(await abortJourney({ ...connection, alreadyOver }, abortion), message);
  });

  it("takes it so by what an error quotes of another form of JSON", async () => {
    const connection = await vendor.answering((response) => json(response, 404, { error: "It has left the journey" }));
    const alreadyOver = ["has left the journey"];
    assert.equal(await abortJourney({ ...connection, alreadyOver }, abortion), "It has left the journey");
  });

  it("does not take an abort as done by a 410 alone: an endpoint that was withdrawn answers so, too", async () => {
    const connection = await vendor.answering((response) => json(response, 410, { ...no, message: "Gone" }));
    await assert.rejects(vendor.settle(abortJourney(connection, abortion)), { name: "RefusedError" });
  });

  it("does not take an abort as done by words that are not in the vendor's envelope", async () => {
    const connection = await vendor.answering((response) => json(response, 404, { message: "Instance not found" }));
    await assert.rejects(vendor.settle(abortJourney(connection, abortion)), { name: "RefusedError" });
  });

  for (const [status, message, name] of [
    [400, "No instance id or email was provided", "RefusedError"],
    [401, "Unauthorized: no active instance for this key", "KeyRefusedError"],
    [403, "Your instance is over its monthly quota", "RefusedError"],
    [404, "Service instance not found", "RefusedError"],
    [400, "Lambda execution ended with timeout", "RefusedError"],
    [401, "Instance was aborted", "KeyRefusedError"],
    [402, "Instance was aborted", "RefusedError"],
    [403, "Instance was aborted", "RefusedError"],
    [400, "Unauthorized: instance not found", "KeyRefusedError"],
    [500, "Instance was aborted", "UnconfirmedError"],
    [503, "Instance was aborted", "SlowDownError"],
  ] as const) {
    it(`does not take ${status} "${message}" as done, whatever the settings' phrases are`, async () => {
      const connection = await vendor.answering((response) =>
        json(response, status, { ...no, status: "error", message }),
      );
      const isOfWords = status === 400 || status === 404;
      const alreadyOver = isOfWords && name === "RefusedError" ? [] : [message];
      await assert.rejects(vendor.settle(abortJourney({ ...connection, alreadyOver }, abortion)), { name });
    });
  }
});
