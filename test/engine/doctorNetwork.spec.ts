import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { startProxy, type ConnectProxy } from "../support/connectProxy";
import { doctor, type DoctorRun } from "../support/doctor";
import { freePort } from "../support/freePort";
import { useProject } from "../support/project";
import { json, serve, serveTls, type Answer, type TestServer } from "../support/server";

const LISTS = { listDetails: [] };

describe("pulumi-mailmodo doctor asks Mailmodo:", () => {
  const project = useProject("", {}, "suite");
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** Runs it with another base URL, which `--config-file` gives. */
  async function askAt(url: string, env: Record<string, string> = {}): Promise<DoctorRun> {
    const { dir } = project();
    const text = fs.readFileSync(path.join(dir, "Pulumi.test.yaml"), "utf8");
    fs.writeFileSync(path.join(dir, "other.yaml"), text.replace(/baseUrl: .*/, `baseUrl: ${url}`));
    return doctor(project(), env, "--config-file", "other.yaml");
  }

  async function answeredBy(answer: Answer, env: Record<string, string> = {}): Promise<DoctorRun> {
    server = await serve(answer);
    return askAt(server.url, env);
  }

  it("the sandbox accepts the key", async () => {
    const { code, line } = await doctor(project());
    assert.equal(code, 0);
    assert.match(line("Mailmodo"), /^ok: 127\.0\.0\.1:\d+ accepts the API key\.$/);
    assert.equal(line("clock"), "ok: It agrees with the time of Mailmodo's answer.");
  });

  it("the sandbox rejects another key", async () => {
    const { code, line, stdout } = await doctor(project(), { MAILMODO_API_KEY: "TESTKEY-0000000-0000000-0000009" });
    assert.equal(code, 1);
    assert.match(
      line("Mailmodo"),
      /^failure: \S+ rejects the API key \(400\): "Invalid mmApiKey"\. Put the current key where/,
    );
    assert.match(line("clock"), /^ok: /);
    assert.ok(!stdout.includes("0000009"));
  });

  it("asks once, for the contact lists, and for nothing else", async () => {
    const { code } = await answeredBy((response) => json(response, 200, LISTS));
    assert.equal(code, 0);
    assert.deepEqual(
      server?.seen.map(({ method, url, body }) => [method, url, body]),
      [["GET", "/api/v1/getAllContactLists", ""]],
    );
  });

  for (const [what, answer, says] of [
    [
      "a web page answers",
      (response) => void response.writeHead(403).end("<title>Blocked for ada@example.com</title>"),
      /^failure: .* did not answer as Mailmodo does: a web page answered \(403\): "Blocked for a\*\*\*@example\.com"\. Check mailmodo:baseUrl/,
    ],
    [
      "it says that the path is unknown",
      (response) => json(response, 404, { error: "error", message: "no" }),
      /^failure: .*\(404\)/,
    ],
    ["it is moved", (response) => void response.writeHead(308, { Location: "/" }).end(), /^failure: .*redirect/],
    [
      "it asks to slow down",
      (response) => json(response, 429, {}),
      /^warning: .* asks to slow down \(429\), so .* Run this again later\./,
    ],
    ["it fails", (response) => json(response, 500, {}), /^failure: .* gave no clear answer: .*\(500\)/],
    ["it says yes in another form", (response) => json(response, 200, [1]), /^failure: .* gave no clear answer: /],
    [
      "it ends the connection",
      (response) => void response.destroy(),
      /^failure: .* gave no clear answer: .* closed the connection\./,
    ],
  ] satisfies [string, Answer, RegExp][]) {
    it(`says so where ${what}`, async () => {
      const { line } = await answeredBy(answer);
      assert.match(line("Mailmodo"), says);
    });
  }

  it("fails where nothing listens there", async () => {
    const { code, line } = await askAt(`http://127.0.0.1:${await freePort()}`);
    assert.equal(code, 1);
    assert.match(
      line("Mailmodo"),
      /^failure: \S+ cannot be reached: \S+ refused the connection\. Check mailmodo:baseUrl/,
    );
    assert.match(line("clock"), /^skipped: /);
  });

  it("fails where the name is not known, as without a network", async () => {
    const { line } = await askAt("https://api.mailmodo.invalid");
    assert.match(
      line("Mailmodo"),
      /^failure: \S+ cannot be reached: the name api\.mailmodo\.invalid could not be resolved/,
    );
  });

  for (const [what, offMs, says] of [
    [
      "an hour ahead",
      3_600_000,
      /^failure: This machine's clock is 60 min behind the time of Mailmodo's answer: AWS refuses/,
    ],
    ["an hour behind", -3_600_000, /^failure: This machine's clock is 60 min ahead of the time/],
    [
      "a minute ahead",
      60_000,
      /^warning: This machine's clock is (59|60|61) s behind the time .* Set the clock by a time server \(NTP\)\.$/,
    ],
    ["a few seconds ahead", 5_000, /^ok: /],
  ] as const) {
    it(`compares the clock with that of a server that is ${what}`, async () => {
      const { line } = await answeredBy((response) =>
        json(response, 200, LISTS, { Date: new Date(Date.now() + offMs).toUTCString() }),
      );
      assert.match(line("clock"), says);
    });
  }

  describe("behind a proxy", () => {
    let vendor: TestServer;
    let authority: string;
    let proxy: ConnectProxy | undefined;
    before(async () => {
      vendor = await serveTls((response) => json(response, 200, LISTS));
      authority = path.join(project().dir, "authority.pem");
      fs.writeFileSync(authority, vendor.certificate!);
    });
    after(() => vendor.close());
    afterEach(async () => {
      await proxy?.close();
      proxy = undefined;
    });
    const ask = (env: Record<string, string>) => askAt("https://api.mailmodo.test", env);

    it("says which, and reaches Mailmodo through it with the company's authority", async () => {
      proxy = await startProxy({ to: new URL(vendor.url) });
      const { code, line, stdout } = await ask({
        HTTPS_PROXY: `http://ann:p4ss@${proxy.host}`,
        NODE_EXTRA_CA_CERTS: authority,
      });
      assert.equal(code, 0, stdout);
      assert.equal(line("proxy"), `ok: Requests to api.mailmodo.test go through http://${proxy.host}.`);
      assert.match(line("certificates"), /^ok: 1 more in \S+authority\.pem \(NODE_EXTRA_CA_CERTS\)\.$/);
      assert.equal(line("Mailmodo"), "ok: api.mailmodo.test accepts the API key.");
      assert.ok(!stdout.includes("p4ss"));
    });

    for (const [more, first] of [
      [{ NODE_OPTIONS: "--use-openssl-ca" }, "ok: OpenSSL's authorities in place of Node.js's own (--use-openssl-ca)."],
      [{ NODE_OPTIONS: "--use-system-ca" }, "ok: This system's authorities besides Node.js's own (--use-system-ca)."],
      [{ NODE_USE_SYSTEM_CA: "1" }, "ok: This system's authorities besides Node.js's own (NODE_USE_SYSTEM_CA=1)."],
    ] as const) {
      it(`says that SSL_CERT_FILE counts, and reaches Mailmodo with it: ${JSON.stringify(more)}`, async function () {
        if (process.platform !== "linux") this.skip();
        proxy = await startProxy({ to: new URL(vendor.url) });
        const files = { SSL_CERT_FILE: authority, SSL_CERT_DIR: "" };
        const { code, of, line, stdout } = await ask({ HTTPS_PROXY: proxy.host, ...files, ...more });
        assert.equal(code, 0, stdout);
        const [store, file, ...others] = of("certificates").map(({ level, text }) => `${level}: ${text}`);
        assert.deepEqual([store, others], [first, []]);
        assert.match(file ?? "", /^ok: 1 in \S+authority\.pem \(SSL_CERT_FILE\)\.$/);
        assert.equal(line("Mailmodo"), "ok: api.mailmodo.test accepts the API key.");
      });
    }

    it("fails where it refuses, and does not repeat the password that it says", async () => {
      proxy = await startProxy({ status: 407, reason: "No entry for p4ss" });
      const { line } = await ask({ HTTPS_PROXY: `http://ann:p4ss@${proxy.host}` });
      assert.match(
        line("Mailmodo"),
        /^failure: \S+ cannot be reached: the proxy \S+ answered 407 \(No entry for \[proxy password\]\)\. Put its user name/,
      );
    });

    it("fails where its certificate is not trusted, and says what names an authority", async () => {
      proxy = await startProxy({ to: new URL(vendor.url) });
      const { line } = await ask({ HTTPS_PROXY: proxy.host });
      assert.match(line("Mailmodo"), /^failure: .*\(DEPTH_ZERO_SELF_SIGNED_CERT\)\. .*NODE_EXTRA_CA_CERTS\.$/);
    });

    it("fails where the setting is no proxy", async () => {
      const { code, line } = await ask({ HTTPS_PROXY: "socks5://127.0.0.1:1" });
      assert.equal(code, 1);
      assert.match(
        line("proxy"),
        /^failure: HTTPS_PROXY names a socks5:\/\/ proxy, which is not supported\. Set HTTPS_PROXY/,
      );
      assert.equal(line("Mailmodo"), "skipped: Not checked. The proxy's setting is not valid.");
    });

    it("says where NO_PROXY exempts Mailmodo", async () => {
      const { line } = await ask({ HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: ".mailmodo.test" });
      assert.equal(line("proxy"), "ok: None: NO_PROXY exempts api.mailmodo.test.");
    });
  });

  describe("the certificates", () => {
    const inProject = (name: string) => path.join(project().dir, name);

    it("fails where NODE_EXTRA_CA_CERTS names no file, none with a certificate, or a broken one", async () => {
      fs.writeFileSync(inProject("empty.pem"), "");
      fs.writeFileSync(inProject("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
      for (const [file, says] of [
        ["none.pem", /^failure: NODE_EXTRA_CA_CERTS names a file that cannot be read \(ENOENT\)\. Correct/],
        ["empty.pem", /^failure: NODE_EXTRA_CA_CERTS names a file without a certificate\. Correct/],
        ["broken.pem", /^failure: NODE_EXTRA_CA_CERTS names a file with 1 broken certificate\. Correct/],
      ] as const) {
        const { code, line } = await doctor(project(), { NODE_EXTRA_CA_CERTS: inProject(file) }, "--offline");
        assert.equal(code, 1);
        assert.match(line("certificates"), says);
      }
    });

    it("are not those of SSL_CERT_FILE and SSL_CERT_DIR, unless Node.js is told to use OpenSSL's", async () => {
      const env = { SSL_CERT_FILE: inProject("none.pem"), SSL_CERT_DIR: project().dir };
      const alone = await doctor(project(), env, "--offline");
      assert.equal(alone.line("certificates"), "ok: Node.js's own authorities, and no others.");
      const { code, of } = await doctor(project(), { ...env, NODE_OPTIONS: "--use-openssl-ca" }, "--offline");
      assert.equal(code, 1);
      const [, file, folder] = of("certificates").map(({ level, text }) => `${level}: ${text}`);
      assert.equal(file, "failure: SSL_CERT_FILE names a file that cannot be read (ENOENT).");
      assert.match(folder ?? "", /^ok: Those in \S+ \(SSL_CERT_DIR\)\.$/);
    });

    it("warns where Node.js is told to verify none", async () => {
      const { code, line } = await doctor(project(), { NODE_TLS_REJECT_UNAUTHORIZED: "0" }, "--offline");
      assert.equal(code, 0);
      assert.match(line("certificates"), /^warning: NODE_TLS_REJECT_UNAUTHORIZED=0 is set\. .* Unset it\./);
    });
  });
});
