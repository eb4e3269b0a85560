import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { assertRefused } from "../../support/assertRefused";
import { journeyId } from "../../support/journeyId";
import { rawRequest } from "../../support/rawRequest";
import { useSandbox } from "../../support/sandbox";

const start = `/hooks/start/${journeyId}`;
const email = "qa@seeds.example.com";
const JSON_TYPE = "Content-Type: application/json";

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
