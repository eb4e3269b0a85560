import assert from "node:assert/strict";
import { once } from "node:events";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { assertRefused } from "../../support/assertRefused";
import { journeyId } from "../../support/journeyId";
import { answerOf, connect, rawRequest, untilClosed } from "../../support/rawRequest";
import { useSandbox } from "../../support/sandbox";

const start = `/hooks/start/${journeyId}`;
const email = "qa@seeds.example.com";
const JSON_TYPE = "Content-Type: application/json";

describe("the sandbox's limits", () => {
  const sandbox = useSandbox({}, "suite");
  const post = (body: string) =>
    rawRequest(
      sandbox().url,
      [`POST ${start} HTTP/1.1`, "Host: localhost", `mmApiKey: ${SANDBOX_KEY}`, JSON_TYPE],
      body,
    );
  const nested = (levels: number) => `{"email":"${email}","data":{"a":${"[".repeat(levels)}${"]".repeat(levels)}}}`;

  it("are those of a local tool", () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout } = sandbox().app.server;
    assert.deepEqual([headersTimeout, requestTimeout, keepAliveTimeout], [10_000, 30_000, 72_000]);
  });

  it("refuse a body of more than 256 KiB, and one that is nested too deeply", async () => {
    assertRefused(await post(`{"email":"${email}","data":{"a":"${"x".repeat(256 * 1024)}"}}`), 400, /too large/);
    for (const levels of [100, 10_000, 120_000]) assertRefused(await post(nested(levels)), 400, /100 levels deep/);
    assert.equal((await post(nested(90))).status, 200);
    const list = await rawRequest(sandbox().url, ["GET /_sandbox/instances HTTP/1.1", "Host: localhost"]);
    assert.equal((JSON.parse(list.body) as unknown[]).length, 1);
  });

  it("refuse a body that would change prototypes", async () => {
    for (const key of ['"__proto__":{"x":1}', '"constructor":{"prototype":{"x":1}}']) {
      assertRefused(await post(`{"email":"${email}",${key}}`), 400, /not valid JSON/);
    }
  });

  it("refuse long headers and a long path", async () => {
    const long = "x".repeat(20_000);
    const lines = ["GET / HTTP/1.1", "Host: localhost", `X-Long: ${long}`];
    assert.equal((await rawRequest(sandbox().url, lines)).status, 431);
    assert.equal((await rawRequest(sandbox().url, [`GET /${long} HTTP/1.1`, "Host: localhost"])).status, 431);
  });

  it("answer a path that cannot be decoded, or not be read, without failing", async () => {
    for (const path of ["/%zz", "/_sandbox/%ff", "/..%2f..%2fetc/passwd", "//evil.example/", `/${"a/".repeat(3000)}`]) {
      const { status, headers } = await rawRequest(sandbox().url, [`GET ${path} HTTP/1.1`, "Host: localhost"]);
      assert.ok(status === 400 || status === 404, `${path}: ${status}`);
      assert.match(headers["content-type"] ?? "", /^application\/json/);
    }
  });

  it("answer a path that is no path as the page, with its policy", async () => {
    const { status, headers } = await rawRequest(sandbox().url, ["GET * HTTP/1.1", "Host: localhost"]);
    assert.equal(status, 200);
    assert.match(headers["content-security-policy"] ?? "", /default-src 'none'/);
  });

  it("are 50 streams of events, with the headers of other answers", async () => {
    const open = async () => {
      const socket = await connect(sandbox().url);
      const first = once(socket, "data");
      socket.write("GET /_sandbox/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      return { socket, answer: answerOf(String((await first)[0])) };
    };
    const streams = await Promise.all(Array.from({ length: 50 }, open));
    for (const { answer } of streams) {
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-type"], "text/event-stream");
      assert.match(answer.headers["content-security-policy"] ?? "", /^default-src 'none'/);
      assert.deepEqual(
        [answer.headers["x-content-type-options"], answer.headers["cache-control"]],
        ["nosniff", "no-store"],
      );
    }
    const { socket, answer } = await open();
    assertRefused(answer, 503, /already 50 streams/);
    for (const one of [...streams.map((stream) => stream.socket), socket]) one.destroy();
  });

  for (const [what, begun] of [
    ["its headers", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "],
    ["its body", `POST ${start} HTTP/1.1\r\nHost: localhost\r\n${JSON_TYPE}\r\nContent-Length: 99\r\n\r\n{`],
  ] as const) {
    it(`end a connection that sends ${what} too slowly`, async () => {
      Object.assign(sandbox().app.server, { headersTimeout: 10, requestTimeout: 10 });
      const socket = await connect(sandbox().url);
      socket.write(begun);
      assert.equal(answerOf(await untilClosed(socket)).status, 408);
    });
  }
});
