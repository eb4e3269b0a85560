import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { journeyId } from "../../support/journeyId";
import { answerOf, connect, rawRequest, untilClosed, type RawAnswer } from "../../support/rawRequest";
import { useSandbox } from "../../support/sandbox";

const start = `/hooks/start/${journeyId}`;
const email = "qa@seeds.example.com";
const JSON_TYPE = "Content-Type: application/json";

/** A refusal is one line of JSON that says why and what to do. */
function assertRefused({ status, headers, body }: RawAnswer, expected: number, message: RegExp): void {
  assert.equal(status, expected, body);
  assert.match(headers["content-type"] ?? "", /^application\/json/);
  const said = JSON.parse(body) as { success: boolean; message: string };
  assert.equal(said.success, false);
  assert.match(said.message, message);
  assert.ok(!said.message.includes("\n"));
}

describe("the sandbox's check of the Host header", () => {
  const sandbox = useSandbox({ hosts: ["Sandbox.Internal", "fd00::7"] }, "suite");
  const called = (path: string, ...hosts: string[]) =>
    rawRequest(sandbox().url, [`GET ${path} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`)]);

  for (const host of [
    "localhost",
    "localhost:8025",
    "LOCALHOST",
    "app.localhost:1",
    "127.0.0.1",
    "127.9.8.7:80",
    "[::1]",
    "[::1]:8025",
    "sandbox.internal:8025",
    "[fd00::7]:8025",
  ]) {
    it(`lets ${host} through`, async () => {
      assert.equal((await called("/_sandbox/instances", host)).status, 200);
    });
  }

  for (const host of [
    "evil.example",
    "evil.example:8025",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "notlocalhost",
    "evil.example#.localhost",
    "evil.example/.localhost",
    "evil.example?.localhost",
    "a b.localhost",
    "localhost:80:90",
    "localhost:",
    "[::1",
    "::1",
    "[::1]evil",
    "[::2]",
    "0.0.0.0:8025",
    "10.0.0.7",
    "128.0.0.1",
    "127.0.0.999",
    "2130706433",
    "<script>alert(1)</script>",
    "",
  ]) {
    for (const path of ["/", "/_sandbox/instances", "/nothing"]) {
      it(`refuses ${host === "" ? "an empty one" : host} at ${path}`, async () => {
        assertRefused(await called(path, host), 403, /Host header.* Call it by localhost or 127\.0\.0\.1, or start it/);
      });
    }
  }

  it("refuses a vendor's call, which then has no effect", async () => {
    const lines = [`POST ${start} HTTP/1.1`, "Host: evil.example", `mmApiKey: ${SANDBOX_KEY}`, JSON_TYPE];
    assertRefused(await rawRequest(sandbox().url, lines, JSON.stringify({ email })), 403, /Host header/);
    assert.deepEqual(sandbox().instances(), []);
  });

  it("refuses a request without one, and one with two", async () => {
    assertRefused(await called("/"), 403, /no Host header/);
    assertRefused(await rawRequest(sandbox().url, ["GET / HTTP/1.0"]), 403, /no Host header/);
    assertRefused(await called("/_sandbox/instances", "localhost", "evil.example"), 403, /Host header/);
    assertRefused(await called("/_sandbox/instances", "evil.example", "localhost"), 403, /Host header/);
  });

  it("does not take the name from the path", async () => {
    assertRefused(await called("http://localhost/_sandbox/instances", "evil.example"), 403, /Host header/);
  });

  it("comes before all else, also for a path that is not valid", async () => {
    assertRefused(await called("/%zz", "evil.example"), 403, /Host header/);
    const answer = await called("/hooks/start/%zz", "localhost");
    assertRefused(answer, 400, /^The path is not valid$/);
    assert.match(answer.headers["content-security-policy"] ?? "", /default-src 'none'/);
  });

  it("comes before all else, also for an id of a thousand characters", async () => {
    const path = `/_sandbox/instances/${"x".repeat(1_000)}`;
    assertRefused(await called(path, "evil.example"), 403, /Host header/);
    assert.equal((await called(path, "localhost")).status, 404);
  });
});

describe("the sandbox's check of the Host header, on all interfaces", () => {
  for (const any of ["0.0.0.0", "::"]) {
    const sandbox = useSandbox({ hosts: [any] }, "suite");
    it(`lets each address through with --host ${any}, but no name`, async () => {
      const status = async (host: string) =>
        (await rawRequest(sandbox().url, ["GET /_sandbox/instances HTTP/1.1", `Host: ${host}`])).status;
      assert.deepEqual(
        await Promise.all(["10.0.0.7:8025", "[fd00::7]", "0.0.0.0:8025", "[::]", "evil.example", "[evil]"].map(status)),
        [200, 200, 200, 200, 403, 403],
      );
    });
  }
});

describe("the command on all interfaces", () => {
  it("answers by the address that it is reached by, such as that of a machine that maps the port", async () => {
    const command = path.join(__dirname, "../../../sandbox/bin/mailmodo-sandbox.js");
    const child = spawn(process.execPath, [command, "--port", "0", "--host", "0.0.0.0"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [said] = (await once(child.stdout, "data")) as [Buffer];
      const url = /Sandbox at (\S+),/.exec(String(said))?.[1] ?? "";
      const status = async (host: string) =>
        (await rawRequest(url, ["GET /_sandbox/clock HTTP/1.1", `Host: ${host}`])).status;
      const hosts = ["0.0.0.0:1", "198.51.100.7:8025", os.hostname(), "evil.example"];
      assert.deepEqual(await Promise.all(hosts.map(status)), [200, 200, 200, 403]);
    } finally {
      if (child.kill("SIGKILL")) await once(child, "exit");
    }
  });
});

describe("the sandbox's admin API", () => {
  const sandbox = useSandbox();
  const send = (method: string, path: string, headers: readonly string[], body = "") =>
    rawRequest(sandbox().url, [`${method} ${path} HTTP/1.1`, "Host: localhost:8025", ...headers], body);
  beforeEach(() => sandbox().post(start, { email }));

  const calls: [method: string, path: string, body?: string][] = [
    ["GET", "/_sandbox/instances"],
    ["HEAD", "/_sandbox/instances"],
    ["POST", "/_sandbox/reset"],
    ["POST", "/%5fsandbox/reset"],
    ["DELETE", "/_sandbox/faults"],
    ["POST", "/_sandbox/faults", '{"kind":"500"}'],
    ["PUT", "/_sandbox/profile", '["key-401"]'],
    ["POST", "/_sandbox/clock", '{"advanceSeconds":1}'],
    ["OPTIONS", "/_sandbox/reset"],
  ];
  const elsewhere: [what: string, headers: string[]][] = [
    ["another site", ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors"]],
    ["a form of another site", ["Origin: https://evil.example", "Sec-Fetch-Mode: navigate"]],
    ["another site without an Origin", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"]],
    ["another port of this machine", ["Origin: http://localhost:3000", "Sec-Fetch-Site: same-site"]],
    ["another port, by its Origin alone", ["Origin: http://localhost:3000"]],
    ["a frame without an origin", ["Origin: null"]],
    ["a name that begins alike", ["Origin: http://localhost:8025.evil.example"]],
    ["a value of Sec-Fetch-Site that is none", ["Sec-Fetch-Site: same-origin, cross-site"]],
  ];
  for (const [method, path, body] of calls) {
    for (const [what, headers] of elsewhere) {
      it(`refuses ${method} ${path} from ${what}`, async () => {
        const answer = await send(method, path, body === undefined ? headers : [...headers, JSON_TYPE], body);
        if (method === "HEAD") assert.equal(answer.status, 403);
        else assertRefused(answer, 403, /another web site sent it\. Use the sandbox's own page/);
        assert.equal(sandbox().instances().length, 1);
      });
    }
  }

  it("answers its own page, and programs", async () => {
    const own = ["Origin: http://localhost:8025", "Sec-Fetch-Site: same-origin"];
    assert.equal((await send("GET", "/_sandbox/instances", ["Sec-Fetch-Site: same-origin"])).status, 200);
    assert.equal((await send("GET", "/_sandbox/instances", ["Sec-Fetch-Site: none"])).status, 200);
    assert.equal((await send("PUT", "/_sandbox/profile", [...own, JSON_TYPE], "[]")).status, 204);
    assert.equal((await send("POST", "/_sandbox/reset", own)).status, 204);
    assert.equal((await send("POST", "/_sandbox/reset", [])).status, 204);
  });

  for (const type of [
    "Content-Type: text/plain",
    "Content-Type: text/plain; application/json",
    "Content-Type: text/plain,application/json",
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: application/x-www-form-urlencoded; a=application/json",
    "Content-Type: multipart/form-data; boundary=application/json",
    // What fetch sends in the mode no-cors with a Blob without a type.
    "X-No-Content-Type: 1",
  ]) {
    it(`reads no body with ${type}`, async () => {
      for (const [method, path, body] of calls.filter(([, , body]) => body !== undefined)) {
        assertRefused(await send(method, path, [type], body), 415, /Media Type/i);
      }
      if (!type.startsWith("X-")) assertRefused(await send("POST", "/_sandbox/reset", [type]), 415, /Media Type/i);
      assert.equal(sandbox().instances().length, 1);
    });
  }
});

describe("the vendor's calls of a web page", () => {
  const sandbox = useSandbox({}, "suite");

  it("need a preflight, which is not allowed", async () => {
    const { url } = sandbox();
    const from = ["Host: localhost", "Origin: https://evil.example"];
    const asked = [...from, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: mmapikey"];
    const preflight = await rawRequest(url, [`OPTIONS ${start} HTTP/1.1`, ...asked]);
    const call = await rawRequest(url, [`POST ${start} HTTP/1.1`, ...from, JSON_TYPE], JSON.stringify({ email }));
    for (const { status, headers } of [preflight, call]) {
      assert.ok(status >= 400);
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith("access-control-")),
        [],
      );
    }
  });

  it("are not read in a form's types, even with the key", async () => {
    for (const type of ["text/plain", "text/plain; application/json", "application/x-www-form-urlencoded"]) {
      const lines = [`POST ${start} HTTP/1.1`, "Host: localhost", `mmApiKey: ${SANDBOX_KEY}`, `Content-Type: ${type}`];
      assertRefused(await rawRequest(sandbox().url, lines, JSON.stringify({ email })), 400, /Media Type/i);
    }
    assert.deepEqual(sandbox().instances(), []);
  });
});

describe("another site's page", () => {
  const sandbox = useSandbox({}, "suite");

  it("uses up no fault and none of the rate with a vendor's call", async () => {
    sandbox().addFault({ kind: "reset-before", count: 1 });
    sandbox().useProfile(["limit-5-429"]);
    for (const from of ["Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"]) {
      for (let count = 0; count < 3; count++) {
        // What fetch sends in the mode no-cors with a Blob without a type.
        const answer = await rawRequest(sandbox().url, [`POST ${start} HTTP/1.1`, "Host: localhost", from], "{}");
        assertRefused(answer, 403, /another web site sent it/);
      }
    }
    assert.equal(sandbox().faults.all().length, 1);
    sandbox().clearFaults();
    assert.equal((await sandbox().post(start, { email })).status, 200);
  });
});

describe("the sandbox's events", () => {
  const sandbox = useSandbox({}, "suite");

  it("are no answer to HEAD, which would never end", async () => {
    const { status } = await rawRequest(sandbox().url, ["HEAD /_sandbox/events HTTP/1.1", "Host: localhost"]);
    assert.equal(status, 404);
  });
});

describe("the sandbox's answers", () => {
  const sandbox = useSandbox({}, "suite");
  const get = (path: string) => rawRequest(sandbox().url, [`GET ${path} HTTP/1.1`, "Host: localhost"]);

  for (const path of ["/", "/nothing", "/_sandbox/instances", "/_sandbox/nothing"]) {
    it(`let nothing in from other sites (${path})`, async () => {
      const { headers } = await get(path);
      assert.equal(
        headers["content-security-policy"],
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
          "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      assert.deepEqual(
        ["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"].map(
          (name) => headers[name],
        ),
        ["nosniff", "no-referrer", "same-origin", "same-origin"],
      );
    });
  }

  it("are not kept by a browser, those of the admin API", async () => {
    assert.equal((await get("/_sandbox/instances")).headers["cache-control"], "no-store");
  });
});

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
