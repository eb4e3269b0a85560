import assert from "node:assert/strict";
import * as net from "node:net";
import FakeTimers from "@sinonjs/fake-timers";
import { abortJourney, startJourney } from "../../../provider/mailmodo/client";
import { MAX_ATTEMPTS } from "../../../provider/mailmodo/retry";
import { json, serve, serveTls, type Answer, type TestServer } from "../../support/server";

const apiKey = "TESTKEY-0000000-0000000-0000001";
const journeyId = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
const ref = "11111111-2222-4333-8444-555555555555";
const request = { journeyId, email: "jane.doe@example.com", data: { firstName: "Ada" }, allowDuplicateEmail: false };
const abortion = { journeyId, email: "jane.doe@example.com", instanceId: ref, reason: "preview closed" };

const requestTimeoutMs = 20_000;

describe("the client", () => {
  let server: TestServer;
  let clock: FakeTimers.Clock;
  let began: number;

  beforeEach(() => {
    // Only waits and the date are faked; sockets keep their own timers.
    clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    began = clock.now;
  });
  afterEach(async () => {
    clock.uninstall();
    await server.close();
  });

  const elapsed = () => clock.now - began;

  async function answering(answer: Answer) {
    server = await serve(answer);
    return { baseUrl: server.url, apiKey, requestTimeoutMs, objection: async () => undefined };
  }

  /** Moves the clock over each wait between attempts until the call is over; answers come in real time. */
  async function settle<T>(call: Promise<T>): Promise<T> {
    let over = false;
    const mark = () => {
      over = true;
    };
    call.then(mark, mark);
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      if (nextTimer() !== undefined && nextTimer() !== requestTimeoutMs) clock.next();
    }
    return call;
  }

  /** Moves the clock past the request's deadline once the server has the request. */
  async function outwait<T>(call: Promise<T>, requests: number): Promise<T> {
    while (server.seen.length < requests) await new Promise((resolve) => setImmediate(resolve));
    clock.tick(requestTimeoutMs);
    return call;
  }

  /** How far away the next timer is: a request's deadline, set anew for each, or a wait between attempts. */
  function nextTimer(): number | undefined {
    const due = [...(clock.timers?.values() ?? [])].map((timer) => timer.callAt ?? Infinity);
    return due.length === 0 ? undefined : Math.min(...due) - clock.now;
  }

  it("starts with the vendor's words on the wire", async () => {
    const connection = await answering((response) => json(response, 200, { success: true, message: "ok", ref }));
    assert.equal(await startJourney(connection, request), ref);
    const [seen] = server.seen;
    assert.equal(seen?.method, "POST");
    assert.equal(seen?.url, `/hooks/start/${journeyId}`);
    assert.equal(seen?.headers["mmapikey"], apiKey);
    assert.equal(seen?.headers["content-type"], "application/json");
    assert.deepEqual(JSON.parse(seen?.body ?? ""), {
      email: "jane.doe@example.com",
      data: { firstName: "Ada" },
      allowDuplicateEmail: false,
    });
  });

  it("aborts by instance id, with the reason", async () => {
    const connection = await answering((response) => json(response, 200, { success: true, message: "ok" }));
    assert.equal(await abortJourney(connection, abortion), undefined);
    assert.equal(server.seen[0]?.url, `/hooks/abort/${journeyId}`);
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ""), { instanceId: ref, reason: "preview closed" });
  });

  it("aborts by address where no instance id is known", async () => {
    const connection = await answering((response) => json(response, 200, { success: true, message: "ok" }));
    await abortJourney(connection, { ...abortion, instanceId: undefined });
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ""), {
      email: "jane.doe@example.com",
      reason: "preview closed",
    });
  });

  const ok = { success: true, message: "journey Executed", ref };
  const no = { success: false, message: "No such luck" };

  describe("sends a start exactly once", () => {
    const unconfirmed: [what: string, answer: Answer, why: RegExp][] = [
      ["when the connection resets after the request", (response) => response.destroy(), /closed the connection/],
      ["on a 500", (response) => json(response, 500, no), /Mailmodo failed \(500\)/],
      ["on a 502 with HTML", (response) => response.writeHead(502).end("<html>"), /Mailmodo failed \(502\)/],
      ["on a 504", (response) => json(response, 504, no), /Mailmodo failed \(504\)/],
      ["on a 408", (response) => json(response, 408, no), /Mailmodo failed \(408\)/],
      ["on a 425", (response) => json(response, 425, no), /Mailmodo failed \(425\)/],
      ["on a 302, which may follow an action", (response) => response.writeHead(302).end(), /Mailmodo failed \(302\)/],
      ["on a 200 without a body", (response) => response.end(), /unreadable answer \(200\)/],
      ["on a 200 that is no JSON", (response) => response.end("OK"), /unreadable answer/],
      ["on a 200 with a list", (response) => json(response, 200, [ok]), /unreadable answer/],
      ["on a 200 without success", (response) => json(response, 200, { ref }), /unreadable answer/],
      [
        "on a 200 with success as a string",
        (response) => json(response, 200, { ...ok, success: "true" }),
        /unreadable/,
      ],
      ["on a 200 without ref", (response) => json(response, 200, { ...ok, ref: undefined }), /without an instance id/],
      ["on a 200 with an empty ref", (response) => json(response, 200, { ...ok, ref: "" }), /without an instance id/],
      [
        "on an answer that is cut",
        (response) => {
          response.writeHead(200, { "Content-Length": "500" }).write('{"success":true,');
          setImmediate(() => response.destroy());
        },
        /may have taken effect/,
      ],
      ["on an answer over 1 MiB", (response) => response.end("x".repeat(2 ** 20 + 1)), /may have taken effect/],
    ];
    for (const [what, answer, why] of unconfirmed) {
      it(`${what}, and calls it unconfirmed`, async () => {
        const connection = await answering(answer);
        await assert.rejects(settle(startJourney(connection, request)), (error: Error) => {
          assert.equal(error.name, "UnconfirmedError");
          assert.match(error.message, why);
          assert.match(error.message, /^Could not start journey 6f1c2d3e-\S+ for j\*\*\*@example\.com: [^\n]+$/);
          return true;
        });
        assert.equal(server.seen.length, 1);
      });
    }

    it("when no answer comes in time, and calls it unconfirmed", async () => {
      const connection = await answering(() => undefined);
      await assert.rejects(outwait(startJourney(connection, request), 1), {
        name: "UnconfirmedError",
        message: /no answer within 20 s, so it may have taken effect/,
      });
      assert.equal(server.seen.length, 1);
    });

    it("when an answer's body never ends, and calls it unconfirmed", async () => {
      const connection = await answering((response) => response.writeHead(200).write("{"));
      await assert.rejects(outwait(startJourney(connection, request), 1), { name: "UnconfirmedError" });
    });

    const refused: [what: string, answer: Answer, message: string][] = [
      ["on a 400", (response) => json(response, 400, no), 'Mailmodo refused it (400): "No such luck".'],
      [
        "on a 200 with success:false",
        (response) => json(response, 200, no),
        'Mailmodo refused it (200): "No such luck".',
      ],
      [
        "on a 200 with success:false and a ref",
        (response) => json(response, 200, { ...no, ref }),
        "Mailmodo refused it (200)",
      ],
      [
        "on the vendor's 404",
        (response) => json(response, 404, { error: "error", message: "Some Internal Error Occurred: 404" }),
        'Mailmodo refused it (404): "Some Internal Error Occurred: 404".',
      ],
      ["on a 400 without a body", (response) => response.writeHead(400).end(), "Mailmodo refused it (400)."],
      ["on a 308", (response) => response.writeHead(308, { Location: "/x" }).end(), "Mailmodo refused it (308)"],
    ];
    for (const [what, answer, message] of refused) {
      it(`${what}, and calls it refused`, async () => {
        const connection = await answering(answer);
        await assert.rejects(settle(startJourney(connection, request)), (error: Error) => {
          assert.equal(error.name, "RefusedError");
          assert.ok(error.message.includes(`journey ${journeyId} for j***@example.com: ${message}`), error.message);
          return true;
        });
        assert.equal(server.seen.length, 1);
      });
    }

    for (const [status, message] of [
      [401, "whatever"],
      [403, ""],
      [400, "Invalid mmApiKey"],
      [200, "Please provide a valid API key"],
      [400, "Unauthorized"],
      [200, "Invalid credentials"],
    ] as const) {
      it(`on a refused key (${status} "${message}")`, async () => {
        const connection = await answering((response) => json(response, status, { success: false, message }));
        await assert.rejects(settle(startJourney(connection, request)), {
          name: "KeyRefusedError",
          message: /Mailmodo refused the API key/,
        });
        assert.equal(server.seen.length, 1);
      });
    }
  });

  describe("waits and sends a start again", () => {
    for (const status of [429, 503]) {
      it(`on a ${status}, and gets the instance id`, async () => {
        const connection = await answering((response, nth) => json(response, nth < 4 ? status : 200, ok));
        assert.equal(await settle(startJourney(connection, request)), ref);
        assert.equal(server.seen.length, 4);
        assert.ok(elapsed() > 0);
      });

      it(`on a ${status} until the attempts are used up, and says that nothing was started`, async () => {
        const connection = await answering((response) => json(response, status, no));
        await assert.rejects(settle(startJourney(connection, request)), {
          name: "SlowDownError",
          message: new RegExp(`asked to slow down \\(${status}\\)`),
        });
        assert.ok(server.seen.length > 1 && server.seen.length <= MAX_ATTEMPTS);
        assert.ok(elapsed() <= 60_000);
      });
    }

    it("no earlier than Retry-After says, in seconds", async () => {
      const connection = await answering((response, nth) =>
        json(response, nth === 1 ? 429 : 200, ok, { "Retry-After": "11" }),
      );
      await settle(startJourney(connection, request));
      assert.ok(elapsed() >= 11_000 && elapsed() < 20_000, `${elapsed()}`);
    });

    it("no earlier than Retry-After says, as a date", async () => {
      clock.setSystemTime(Date.UTC(2026, 0, 1));
      began = clock.now;
      const date = new Date(clock.now + 7_000).toUTCString();
      const connection = await answering((response, nth) =>
        json(response, nth === 1 ? 503 : 200, ok, { "Retry-After": date }),
      );
      await settle(startJourney(connection, request));
      assert.ok(elapsed() >= 7_000 && elapsed() < 20_000, `${elapsed()}`);
    });

    it("but not if Retry-After leads beyond a minute", async () => {
      const connection = await answering((response) => json(response, 429, no, { "Retry-After": "3600" }));
      await assert.rejects(settle(startJourney(connection, request)), { name: "SlowDownError" });
      assert.equal(server.seen.length, 1);
      assert.equal(elapsed(), 0);
    });

    it("as if there were none where Retry-After cannot be read", async () => {
      const connection = await answering((response, nth) =>
        json(response, nth === 1 ? 429 : 200, ok, { "Retry-After": "soon" }),
      );
      assert.equal(await settle(startJourney(connection, request)), ref);
    });

    it("when the connection was refused, and says that nothing was sent", async () => {
      const connection = await answering(() => undefined);
      await server.close();
      await assert.rejects(settle(startJourney(connection, request)), {
        name: "NotSentError",
        message: /refused the connection\. Nothing was sent\./,
      });
      assert.equal(server.seen.length, 0);
      assert.ok(elapsed() > 0 && elapsed() <= 60_000);
    });

    it("when TLS fails before the request", async () => {
      const connection = await answering(() => undefined);
      const https = connection.baseUrl.replace("http:", "https:");
      await assert.rejects(settle(startJourney({ ...connection, baseUrl: https }, request)), { name: "NotSentError" });
      assert.equal(server.seen.length, 0);
    });

    it("when the name cannot be resolved", async () => {
      const connection = await answering(() => undefined);
      const baseUrl = "https://mailmodo.invalid";
      await assert.rejects(settle(startJourney({ ...connection, baseUrl }, request)), {
        name: "NotSentError",
        message: /the name mailmodo\.invalid could not be resolved/,
      });
    });

    it("but never once a request may have been seen", async () => {
      const connection = await answering((response, nth) => (nth === 1 ? json(response, 429, no) : response.destroy()));
      await assert.rejects(settle(startJourney(connection, request)), { name: "UnconfirmedError" });
      assert.equal(server.seen.length, 2);
    });
  });

  describe("repeats an abort", () => {
    for (const [what, fail] of [
      ["a reset", (response) => response.destroy()],
      ["a 500", (response) => json(response, 500, no)],
      ["a 502 with HTML", (response) => response.writeHead(502).end("<html>")],
      ["a 429", (response) => json(response, 429, no)],
      ["an unreadable 200", (response) => response.end("OK")],
    ] as [string, Answer][]) {
      it(`after ${what}`, async () => {
        const connection = await answering((response, nth, raw) =>
          nth < 3 ? fail(response, nth, raw) : json(response, 200, { success: true, message: "ok" }),
        );
        assert.equal(await settle(abortJourney(connection, abortion)), undefined);
        assert.equal(server.seen.length, 3);
      });
    }

    it("within a minute, then fails", async () => {
      const connection = await answering((response) => response.destroy());
      await assert.rejects(settle(abortJourney(connection, abortion)), { name: "UnconfirmedError" });
      assert.ok(server.seen.length > 1 && server.seen.length <= MAX_ATTEMPTS);
      assert.ok(elapsed() <= 60_000);
    });

    it("never after a refusal", async () => {
      const connection = await answering((response) => json(response, 400, { ...no, status: "error" }));
      await assert.rejects(settle(abortJourney(connection, abortion)), {
        name: "RefusedError",
        message: `Could not abort journey ${journeyId} for instance ${ref}: Mailmodo refused it (400): "No such luck".`,
      });
      assert.equal(server.seen.length, 1);
    });
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
        const connection = await answering((response) => json(response, 400, { ...no, status: "error", message }));
        assert.equal(await settle(abortJourney(connection, abortion)), message);
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
        const connection = await answering((response) => json(response, 400, { ...no, status: "error", message }));
        await assert.rejects(settle(abortJourney(connection, abortion)), { name: "RefusedError" });
      });
    }
  });

  it("takes an abort as done by a 410, or by a phrase of the settings", async () => {
    const connection = await answering((response, nth) =>
      json(response, nth === 1 ? 410 : 400, {
        ...no,
        message: nth === 1 ? "Gone" : "The contact Has Left the journey",
      }),
    );
    assert.equal(await abortJourney(connection, abortion), "Gone");
    const alreadyOver = ["has left the journey"];
    assert.equal(await abortJourney({ ...connection, alreadyOver }, abortion), "The contact Has Left the journey");
  });

  it("takes an abort as done although the status is a key's, where the words say so", async () => {
    const connection = await answering((response) => json(response, 403, { ...no, message: "Instance was aborted" }));
    assert.equal(await abortJourney(connection, abortion), "Instance was aborted");
  });

  it("sends nothing while the connection objects, and says why", async () => {
    const connection = await answering((response) => json(response, 200, ok));
    const objection = async () => "it is Sunday";
    await assert.rejects(startJourney({ ...connection, objection }, request), {
      name: "HeldError",
      message: `Could not start journey ${journeyId} for j***@example.com: it is Sunday. Nothing was sent.`,
    });
    await assert.rejects(abortJourney({ ...connection, objection }, abortion), { name: "HeldError" });
    assert.equal(server.seen.length, 0);
  });

  describe("keeps what is private", () => {
    it("out of every error, also where the vendor repeats it", async () => {
      const message = `Key ${apiKey} may not mail JANE.DOE@example.com\nat all, nor jane%40example.com, <joe@example.org>`;
      const connection = await answering((response) => json(response, 400, { success: false, message }));
      await assert.rejects(settle(startJourney(connection, request)), (error: Error) => {
        const all = JSON.stringify([error.message, error.stack, String(error), error.cause, { ...error }]);
        assert.ok(
          all.includes("Key [key] may not mail j***@example.com at all, nor j***@example.com, <j***@example.org>"),
          all,
        );
        assert.ok(!all.includes(apiKey) && !/jane|joe/i.test(all), all);
        return true;
      });
    });

    it("on the base URL's host: a redirect is not followed", async () => {
      const other = await serve((response) => json(response, 200, ok));
      const connection = await answering((response) => response.writeHead(307, { Location: `${other.url}/x` }).end());
      await assert.rejects(settle(startJourney(connection, request)), { name: "RefusedError" });
      assert.equal(other.seen.length, 0);
      await other.close();
    });

    it("from a server whose certificate nobody vouches for, also with NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
      const connection = await answering(() => undefined);
      const impostor = await serveTls((response) => json(response, 200, ok));
      process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
      try {
        const call = startJourney({ ...connection, baseUrl: impostor.url }, request);
        await assert.rejects(settle(call), { name: "NotSentError" });
      } finally {
        delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
        await impostor.close();
      }
      assert.equal(impostor.seen.length, 0);
    });

    it("from a proxy of the environment, on plain http", async () => {
      const proxy = await serve((response) => json(response, 200, ok));
      const connection = await answering((response) => json(response, 200, ok));
      process.env["http_proxy"] = proxy.url;
      try {
        assert.equal(await startJourney(connection, request), ref);
      } finally {
        delete process.env["http_proxy"];
      }
      assert.equal(proxy.seen.length, 0);
      await proxy.close();
    });
  });

  it("calls a connection that never comes up not sent", async () => {
    // A listener that accepts nothing of TLS: the handshake never ends.
    const silent = net.createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const connection = await answering(() => undefined);
    const baseUrl = `https://127.0.0.1:${(silent.address() as net.AddressInfo).port}`;
    const accepted = new Promise<net.Socket>((resolve) => silent.once("connection", resolve));
    const call = startJourney({ ...connection, baseUrl, requestTimeoutMs: 55_000 }, request);
    const socket = await accepted;
    clock.tick(55_000);
    await assert.rejects(call, { name: "NotSentError", message: /no answer within 55 s\. Nothing was sent/ });
    socket.destroy();
    silent.close();
  });
});
