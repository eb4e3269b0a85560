import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { assertRefused } from "../../support/assertRefused";
import { journeyId } from "../../support/journeyId";
import { rawRequest } from "../../support/rawRequest";
import { useSandbox } from "../../support/sandbox";

const start = `/hooks/start/${journeyId}`;
const email = "qa@seeds.example.com";
const JSON_TYPE = "Content-Type: application/json";

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
