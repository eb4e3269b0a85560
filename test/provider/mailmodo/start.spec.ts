import assert from "node:assert/strict";
import * as net from "node:net";
import { startJourney } from "../../../provider/mailmodo/client";
import { journeyId } from "../../support/journeyId";
import { json, type Answer } from "../../support/server";
import { apiKey, no, ok, ref, request, useVendor } from "../../support/vendor";

const PAGE = `<!DOCTYPE html>
<html><head><title>
 Attention Required!</title></head><body>Your API key looks like an attack.</body></html>`;

describe("the client: a start", () => {
  const vendor = useVendor();

  it("starts with the vendor's words on the wire", async () => {
    const connection = await vendor.answering((response) => json(response, 200, { success: true, message: "ok", ref }));
    assert.equal(await startJourney(connection, request), ref);
    const [seen] = vendor.server.seen;
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

  describe("sends a start exactly once", () => {
    const unconfirmed: [what: string, answer: Answer, why: RegExp][] = [
      ["when the connection resets after the request", (response) => response.destroy(), /closed the connection/],
      ["on a 500", (response) => json(response, 500, no), /Mailmodo failed \(500\)/],
      ["on a 502 with HTML", (response) => response.writeHead(502).end("<html>"), /a web page answered \(502\)/],
      ...[520, 521, 522, 523, 524, 525, 526, 527, 530].map((status): [string, Answer, RegExp] => [
        `on a ${status} of a proxy before Mailmodo`,
        (response) => response.writeHead(status).end(PAGE),
        new RegExp(`a web page answered \\(${status}\\): "Attention Required!", so it may have taken effect`),
      ]),
      ["on a 503 with HTML", (response) => response.writeHead(503).end("<html>"), /a gateway failed \(503\)/],
      ["on a 503 without a body", (response) => response.writeHead(503).end(), /a gateway failed \(503\)/],
      ["on a gateway's 503 in JSON", (response) => json(response, 503, { message: "Service Unavailable" }), /gateway/],
      ["on a 503 with success", (response) => json(response, 503, ok), /a gateway failed \(503\)/],
      [
        "on a 500 of AWS's gateway",
        (response) => json(response, 500, { message: "Internal server error" }),
        /: the answer \(500\) was not in the form of Mailmodo's API: "Internal server error", so it may/,
      ],
      [
        "on a 502 without a body",
        (response) => response.writeHead(502).end(),
        /: the answer \(502\) was not in the form of Mailmodo's API, so it may/,
      ],
      ["on a 504", (response) => json(response, 504, no), /Mailmodo failed \(504\)/],
      ["on a 408", (response) => json(response, 408, no), /Mailmodo failed \(408\)/],
      ["on a 425", (response) => json(response, 425, no), /Mailmodo failed \(425\)/],
      ["on a 302, which may follow an action", (response) => response.writeHead(302).end(), /the answer \(302\)/],
      ["on a 200 without a body", (response) => response.end(), /the answer \(200\) was not in the form/],
      [
        "on a 200 that is no JSON",
        (response) => response.end("OK"),
        /something other than Mailmodo answered \(200\): "OK"/,
      ],
      ["on a 200 with a list", (response) => json(response, 200, [ok]), /the answer \(200\) was not in the form/],
      ["on a 200 without success", (response) => json(response, 200, { ref }), /was not in the form .*: "\{"ref":/],
      [
        "on a 200 with success as a string",
        (response) => json(response, 200, { ...ok, success: "true" }),
        /unreadable/,
      ],
      ["on a 200 without ref", (response) => json(response, 200, { ...ok, ref: undefined }), /without an instance id/],
      ...["", "a\nb", "\u001b[31m", "../x", "x".repeat(900_000), " ", "ä"].map((ref): [string, Answer, RegExp] => [
        `on a 200 with the ref ${JSON.stringify(ref.slice(0, 10))}`,
        (response) => json(response, 200, { ...ok, ref }),
        /without an instance id/,
      ]),
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
        const connection = await vendor.answering(answer);
        await assert.rejects(vendor.settle(startJourney(connection, request)), (error: Error) => {
          assert.equal(error.name, "UnconfirmedError");
          assert.match(error.message, why);
          assert.match(error.message, /^Could not start journey 6f1c2d3e-\S+ for j\*\*\*@example\.com: [^\n]+$/);
          return true;
        });
        assert.equal(vendor.server.seen.length, 1);
      });
    }

    it("when no answer comes in time, and calls it unconfirmed", async () => {
      const connection = await vendor.answering(() => undefined);
      await assert.rejects(vendor.outwait(startJourney(connection, request)), {
        name: "UnconfirmedError",
        message: /no answer within 20 s, so it may have taken effect/,
      });
      assert.equal(vendor.server.seen.length, 1);
    });

    it("when an answer's body never ends, and calls it unconfirmed", async () => {
      const connection = await vendor.answering((response) => response.writeHead(200).write("{"));
      await assert.rejects(vendor.outwait(startJourney(connection, request)), { name: "UnconfirmedError" });
    });

    it("when its answer is nested too deeply to be quoted, and calls it unconfirmed", async () => {
      const nested = '{"a":'.repeat(20_000) + "1" + "}".repeat(20_000);
      const connection = await vendor.answering((response) => response.end(nested));
      await assert.rejects(vendor.settle(startJourney(connection, request)), {
        name: "UnconfirmedError",
        message: /the answer \(200\) was not in the form of Mailmodo's API, so it may have taken effect/,
      });
      assert.equal(vendor.server.seen.length, 1);
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
      ...(
        [
          ["AWS's gateway", 403, { message: "Forbidden" }, "Forbidden"],
          [
            "AWS's gateway for an unknown path",
            403,
            { message: "Missing Authentication Token" },
            "Missing Authentication Token",
          ],
          [
            "Mailmodo for an unknown path",
            404,
            { error: "error", message: "Some Internal Error Occurred: 404" },
            "Some Internal Error Occurred: 404",
          ],
          ["a server that has an error", 404, { error: "Not \u0000 here" }, "Not here"],
          ["one that has it in an object", 400, { error: { code: 7 } }, '{"error":{"code":7}}'],
          ["one whose message is no text", 400, { message: 5 }, '{"message":5}'],
          ["one with an empty message", 400, { message: "" }, '{"message":""}'],
          ["a list", 400, [], "[]"],
          ["a text", 400, "x", "x"],
          ["a number", 400, 7, "7"],
          ["null", 400, null, "null"],
          ["an empty object", 400, {}, "{}"],
          ["a key that objects inherit", 400, { constructor: 1 }, '{"constructor":1}'],
          [
            "an address and a key",
            400,
            { to: "jane.doe@example.com", by: apiKey },
            '{"to":"j***@example.com","by":"[key]"}',
          ],
        ] as const
      ).map(([what, status, body, words]): [string, Answer, string] => [
        `on JSON in another form than Mailmodo's: ${what}`,
        (response) => json(response, status, body),
        `the answer (${status}) was not in the form of Mailmodo's API: "${words}".`,
      ]),
      [
        "on such JSON with letters in another spelling, which are still an address",
        (response) => response.writeHead(400).end('{"to":"jane.doe\\u0040example.com"}'),
        `the answer (400) was not in the form of Mailmodo's API: "{"to":"j***@example.com"}".`,
      ],
      [
        "on the vendor's 403",
        (response) => json(response, 403, { ...no, message: "Journey is not published" }),
        'Mailmodo refused it (403): "Journey is not published".',
      ],
      ["on a 403 without words", (response) => json(response, 403, { success: false }), "Mailmodo refused it (403)."],
      ...[401, 403, 404, 406, 451].map((status): [string, Answer, string] => [
        `on a web page (${status})`,
        (response) => response.writeHead(status, { "Content-Type": "text/html" }).end(PAGE),
        `a web page answered (${status}): "Attention Required!".`,
      ]),
      [
        "on a page without a title",
        (response) => response.writeHead(404).end("\n<html>"),
        "a web page answered (404).",
      ],
      [
        "on a firewall's text",
        (response) => response.writeHead(403).end("error code: 1010"),
        'something other than Mailmodo answered (403): "error code: 1010".',
      ],
      [
        "on a 400 without a body",
        (response) => response.writeHead(400).end(),
        "the answer (400) was not in the form of Mailmodo's API.",
      ],
      [
        "on a 400 with success, whatever that means",
        (response) => json(response, 400, { ...ok, message: "Odd" }),
        'Mailmodo refused it (400): "Odd".',
      ],
      ["on a 308", (response) => response.writeHead(308, { Location: "/x" }).end(), "the answer (308) was a redirect."],
    ];
    for (const [what, answer, message] of refused) {
      it(`${what}, and calls it refused`, async () => {
        const connection = await vendor.answering(answer);
        await assert.rejects(vendor.settle(startJourney(connection, request)), (error: Error) => {
          assert.equal(error.name, "RefusedError");
          assert.ok(error.message.includes(`journey ${journeyId} for j***@example.com: ${message}`), error.message);
          return true;
        });
        assert.equal(vendor.server.seen.length, 1);
      });
    }

    for (const [status, body] of [
      [401, { message: "Unauthorized" }],
      [401, {}],
      [401, []],
      [403, { message: "Invalid API key" }],
      [403, { error: "Unauthorized" }],
      [400, { errors: ["mmApiKey is missing"] }],
      [403, "Unauthorized"],
    ] as const) {
      it(`on a refused key in another form than Mailmodo's (${status} ${JSON.stringify(body)})`, async () => {
        const connection = await vendor.answering((response) => json(response, status, body));
        await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "KeyRefusedError" });
      });
    }

    for (const [status, message] of [
      [401, "whatever"],
      [401, ""],
      [403, "Invalid API key"],
      [400, "Invalid mmApiKey"],
      [200, "Please provide a valid API key"],
      [400, "Unauthorized"],
      [200, "Invalid credentials"],
    ] as const) {
      it(`on a refused key (${status} "${message}")`, async () => {
        const connection = await vendor.answering((response) => json(response, status, { success: false, message }));
        await assert.rejects(vendor.settle(startJourney(connection, request)), {
          name: "KeyRefusedError",
          message: /Mailmodo refused the API key/,
        });
        assert.equal(vendor.server.seen.length, 1);
      });
    }
  });

  it("calls a connection that never comes up not sent", async () => {
    // A listener that accepts nothing of TLS: the handshake never ends.
    const silent = net.createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const connection = await vendor.answering(() => undefined);
    const baseUrl = `https://127.0.0.1:${(silent.address() as net.AddressInfo).port}`;
    const accepted = new Promise<net.Socket>((resolve) => silent.once("connection", resolve));
    const call = startJourney({ ...connection, baseUrl, requestTimeoutMs: 55_000 }, request);
    const socket = await accepted;
    vendor.clock.tick(55_000);
    await assert.rejects(call, { name: "NotSentError", message: /no answer within 55 s\. Nothing was sent/ });
    socket.destroy();
    silent.close();
  });
});
