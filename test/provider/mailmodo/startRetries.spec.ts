import assert from "node:assert/strict";
import { startJourney } from "../../../provider/mailmodo/client";
import type { UnconfirmedError } from "../../../provider/mailmodo/errors";
import { MAX_ATTEMPTS } from "../../../provider/mailmodo/retry";
import { journeyId } from "../../support/journeyId";
import { json } from "../../support/server";
import { no, ok, ref, request, useVendor } from "../../support/vendor";

const PAGE = `<!DOCTYPE html>
<html><head><title>
 Attention Required!</title></head><body>Your API key looks like an attack.</body></html>`;

describe("the client: a start", () => {
  const vendor = useVendor();

  describe("waits and sends a start again", () => {
    for (const status of [429, 503]) {
      it(`on a ${status}, and gets the instance id`, async () => {
        const connection = await vendor.answering((response, nth) =>
          nth < 4 ? json(response, status, no) : json(response, 200, ok),
        );
        assert.equal(await vendor.settle(startJourney(connection, request)), ref);
        assert.equal(vendor.server.seen.length, 4);
        assert.ok(vendor.elapsed() > 0);
      });
    }

    it("on a 503 until the attempts are used up, and says that nothing was started", async () => {
      const connection = await vendor.answering((response) => json(response, 503, no));
      await assert.rejects(vendor.settle(startJourney(connection, request)), {
        name: "SlowDownError",
        message: /asked to slow down \(503\)/,
      });
      assert.ok(vendor.server.seen.length > 1 && vendor.server.seen.length <= MAX_ATTEMPTS);
      assert.ok(vendor.elapsed() <= 60_000);
    });

    it("no earlier than Retry-After says, in seconds", async () => {
      const connection = await vendor.answering((response, nth) =>
        json(response, nth === 1 ? 429 : 200, nth === 1 ? no : ok, { "Retry-After": "11" }),
      );
      await vendor.settle(startJourney(connection, request));
      assert.ok(vendor.elapsed() >= 11_000 && vendor.elapsed() < 20_000, `${vendor.elapsed()}`);
    });

    it("no earlier than Retry-After says, as a date", async () => {
      const [now, date] = [0, 7_000].map((ms) => new Date(vendor.clock.now() + ms).toUTCString());
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? json(response, 503, no, { "Retry-After": date!, Date: now! }) : json(response, 200, ok),
      );
      await vendor.settle(startJourney(connection, request));
      assert.ok(vendor.elapsed() >= 7_000 && vendor.elapsed() < 20_000, `${vendor.elapsed()}`);
    });

    it("by the server's clock where Retry-After is a date and this machine's is an hour behind", async () => {
      const [now, date] = [0, 7_000].map((ms) => new Date(vendor.clock.now() + 3_600_000 + ms).toUTCString());
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? json(response, 429, no, { "Retry-After": date!, Date: now! }) : json(response, 200, ok),
      );
      await vendor.settle(startJourney(connection, request));
      assert.ok(vendor.elapsed() >= 7_000 && vendor.elapsed() < 20_000, `${vendor.elapsed()}`);
    });

    it("but not if Retry-After leads beyond the time for it", async () => {
      const connection = await vendor.answering((response) => json(response, 429, no, { "Retry-After": "3600" }));
      await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "SlowDownError" });
      assert.equal(vendor.server.seen.length, 1);
      assert.equal(vendor.elapsed(), 0);
    });

    it("as if there were none where Retry-After cannot be read", async () => {
      const connection = await vendor.answering((response, nth) =>
        json(response, nth === 1 ? 429 : 200, nth === 1 ? no : ok, { "Retry-After": "soon" }),
      );
      assert.equal(await vendor.settle(startJourney(connection, request)), ref);
    });

    it("when the connection was refused, and says that nothing was sent", async () => {
      const connection = await vendor.answering(() => undefined);
      await vendor.server.close();
      await assert.rejects(vendor.settle(startJourney(connection, request)), {
        name: "NotSentError",
        message: /refused the connection\. Nothing was sent\./,
      });
      assert.equal(vendor.server.seen.length, 0);
      assert.ok(vendor.elapsed() > 0 && vendor.elapsed() <= 60_000);
    });

    it("when TLS fails before the request", async () => {
      const connection = await vendor.answering(() => undefined);
      const https = connection.baseUrl.replace("http:", "https:");
      await assert.rejects(vendor.settle(startJourney({ ...connection, baseUrl: https }, request)), {
        name: "NotSentError",
      });
      assert.equal(vendor.server.seen.length, 0);
    });

    it("when the name cannot be resolved", async () => {
      const connection = await vendor.answering(() => undefined);
      const baseUrl = "https://mailmodo.invalid";
      await assert.rejects(vendor.settle(startJourney({ ...connection, baseUrl }, request)), {
        name: "NotSentError",
        message: /the name mailmodo\.invalid could not be resolved/,
      });
    });

    it("but never once a request may have been seen", async () => {
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? json(response, 429, no) : response.destroy(),
      );
      await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "UnconfirmedError" });
      assert.equal(vendor.server.seen.length, 2);
    });
  });

  describe("after Mailmodo asked to slow down", () => {
    const running = { ...no, message: "The journey is already running for jane.doe@example.com" };
    for (const status of [429, 503]) {
      for (const second of [200, 400]) {
        it(`(${status}), takes a refusal (${second}) that may be its own echo as unconfirmed, and sends nothing more`, async () => {
          const connection = await vendor.answering((response, nth) =>
            nth === 1 ? json(response, status, no) : json(response, second, running),
          );
          await assert.rejects(vendor.settle(startJourney(connection, request)), {
            name: "UnconfirmedError",
            message: `Could not start journey ${journeyId} for j***@example.com: Mailmodo asked to slow down and then refused it (${second}): "The journey is already running for j***@example.com", so it may have taken effect.`,
          });
          assert.equal(vendor.server.seen.length, 2);
        });
      }
    }

    it("takes a refusal without words in another form than Mailmodo's as unconfirmed", async () => {
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? json(response, 429, no) : json(response, 400, { code: 7 }),
      );
      await assert.rejects(vendor.settle(startJourney(connection, request)), {
        name: "UnconfirmedError",
        message: `Could not start journey ${journeyId} for j***@example.com: Mailmodo asked to slow down, and then the answer (400) was not in the form of Mailmodo's API: "{"code":7}", so it may have taken effect.`,
      });
    });

    it("takes a refusal for another reason as one", async () => {
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? json(response, 429, no) : json(response, 400, { ...no, message: "The contact is suppressed" }),
      );
      await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "RefusedError" });
    });

    it("takes a refused key as one", async () => {
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? json(response, 429, no) : json(response, 400, { ...no, message: "API key already revoked" }),
      );
      await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "KeyRefusedError" });
    });
  });

  for (const [mayRun, status, answer] of [
    [true, 400, JSON.stringify({ message: "already running" })],
    [true, 409, JSON.stringify({ error: "Conflict" })],
    [true, 400, JSON.stringify({ success: false })],
    [false, 403, JSON.stringify({ message: "Forbidden" })],
    [false, 400, "{}"],
    [false, 400, ""],
    [false, 409, PAGE],
    [false, 308, ""],
  ] as const) {
    it(`${mayRun ? "says" : "does not say"} that the address may be enrolled on ${status} ${answer.slice(0, 40)}`, async () => {
      const connection = await vendor.answering((response) => response.writeHead(status).end(answer));
      await assert.rejects(vendor.settle(startJourney(connection, request)), { mayRunAlready: mayRun });
    });
  }

  it("takes the same refusal as one where nothing was asked before", async () => {
    const connection = await vendor.answering((response) =>
      json(response, 400, { ...no, message: "The journey is already running" }),
    );
    await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "RefusedError" });
  });

  describe("with allowDuplicateEmail, where no refusal would show that an earlier attempt was acted on", () => {
    const both = { ...request, allowDuplicateEmail: true };

    it("is not sent again on a 503 in the vendor's envelope, and is unconfirmed", async () => {
      const connection = await vendor.answering((response) => json(response, 503, no));
      await assert.rejects(vendor.settle(startJourney(connection, both)), { name: "UnconfirmedError" });
      assert.equal(vendor.server.seen.length, 1);
    });

    it("is sent again on a 429, which a limit in front of everything answers", async () => {
      const connection = await vendor.answering((response, nth) =>
        nth === 1 ? json(response, 429, no) : json(response, 200, ok),
      );
      assert.equal(await vendor.settle(startJourney(connection, both)), ref);
    });
  });

  it("says when an unconfirmed one was sent: of several attempts, the last", async () => {
    let sentAt: number | undefined;
    const connection = await vendor.answering((response, nth) => {
      if (nth === 1) return json(response, 429, no, { "Retry-After": "5" });
      sentAt = vendor.clock.now();
      vendor.clock.tick(3_000);
      response.destroy();
    });
    await assert.rejects(vendor.settle(startJourney(connection, request)), (error: UnconfirmedError) => {
      assert.equal(error.startSentAt, sentAt);
      return sentAt! >= 5_000;
    });
  });

  describe("keeps to its time", () => {
    for (const [what, ms] of [
      ["back", -3_600_000],
      ["forwards", 3_600_000],
    ] as const) {
      it(`when the clock is set ${what} by an hour between two attempts`, async () => {
        const connection = await vendor.answering((response, nth) => {
          if (nth === 1) vendor.clock.setSystemTime(vendor.clock.now() + ms);
          json(response, 503, no);
        });
        const began = performance.now();
        await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "SlowDownError" });
        const took = performance.now() - began;
        assert.ok(vendor.server.seen.length > 2 && vendor.server.seen.length <= MAX_ATTEMPTS);
        assert.ok(took > 0 && took <= 60_000, `${took}`);
      });
    }
  });
});
