import assert from "node:assert/strict";
import * as tls from "node:tls";
import { startJourney } from "../../../provider/mailmodo/client";
import { MAX_ATTEMPTS } from "../../../provider/mailmodo/retry";
import { CERTIFICATE_CODES, certificateAdvice } from "../../../provider/network/certificateAdvice";
import { proxyFor } from "../../../provider/network/proxy";
import { USER_AGENT } from "../../../provider/network/userAgent";
import { startProxy, type ConnectProxy, type ProxyOptions } from "../../support/connectProxy";
import { json, serveTls, type Answer, type TestServer } from "../../support/server";
import { useMovableClock } from "../../support/movableClock";
import { withEnvironment } from "../../support/environment";
import { apiKey, connectionTo, ok, ref, request } from "../../support/vendor";

describe("the client: behind a proxy", () => {
  const clock = useMovableClock();
  let vendor: TestServer;
  let answer: Answer;
  let proxy: ConnectProxy | undefined;
  let trusted: string[];
  before(async () => {
    vendor = await serveTls((...given) => answer(...given));
    trusted = tls.getCACertificates("default");
    tls.setDefaultCACertificates([...trusted, vendor.certificate!]);
  });
  after(async () => {
    tls.setDefaultCACertificates(trusted);
    await vendor.close();
  });
  beforeEach(() => {
    vendor.seen.length = 0;
    answer = (response) => json(response, 200, ok);
  });
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });

  /** Starts a journey at a host name, through a proxy that leads to the vendor whatever the name. */
  async function startVia(options: ProxyOptions, more: NodeJS.ProcessEnv = {}, credentials = "") {
    proxy = await startProxy({ to: new URL(vendor.url), ...options });
    const baseUrl = "https://api.mailmodo.test";
    const env = { HTTPS_PROXY: `http://${credentials}${proxy.host}`, ...more };
    const connection = { ...connectionTo(baseUrl, apiKey), proxy: proxyFor(new URL(baseUrl), env) };
    return clock.settle(startJourney(connection, request));
  }

  it("sends through its tunnel", async () => {
    assert.equal(await startVia({}), ref);
    assert.deepEqual(proxy?.seen, [{ target: "api.mailmodo.test:443", credentials: undefined }]);
    assert.deepEqual([vendor.seen.length, vendor.seen[0]?.headers["user-agent"]], [1, USER_AGENT]);
    assert.match(USER_AGENT, /^pulumi-mailmodo\/\d+\.\d+\.\d+/);
  });

  it("gives it the credentials as curl does: percent-decoded", async () => {
    await startVia({}, {}, "ann%40corp:p%40ss%3Aword@");
    assert.equal(proxy?.seen[0]?.credentials, "ann@corp:p@ss:word");
  });

  for (const status of [302, 400, 401, 403, 407, 429, 500, 502, 503, 504]) {
    it(`has sent nothing where the proxy answers ${status}, and says what it said`, async () => {
      const page = `<html>No way to api.mailmodo.test</html>`;
      await assert.rejects(startVia({ status, page }), (error: Error) => {
        assert.equal(error.name, "NotSentError");
        assert.match(
          error.message,
          new RegExp(`the proxy ${proxy?.host} answered ${status} \\(.+\\)\\. Nothing was sent\\.`),
        );
        assert.match(error.message, status === 407 ? /user name and password into HTTPS_PROXY/ : /Check HTTPS_PROXY/);
        assert.ok(!error.message.includes(apiKey));
        return true;
      });
      assert.deepEqual([proxy?.seen.length, vendor.seen.length], [MAX_ATTEMPTS, 0]);
    });
  }

  describe("never repeats its password", () => {
    const basic = Buffer.from("ann@corps:p@ss word").toString("base64");
    const credentials = "ann%40corps:p%40ss%20word@";
    const spellings = ["p@ss word", "p%40ss%20word", basic, basic.replaceAll("=", ""), `Basic ${basic}`];
    for (const words of spellings) {
      it(`where it says ${words} itself`, async () => {
        const reason = `No entry for ann@corps:${words}.`;
        await assert.rejects(startVia({ status: 407, reason }, {}, credentials), (error: Error) => {
          assert.match(error.message, /answered 407 \(No entry for .*\[proxy password\]\.\)\. Nothing was sent\./);
          assert.doesNotMatch(error.message, /ss.{1,3}word/);
          assert.ok(!error.message.includes(basic.slice(0, 12)), error.message);
          return true;
        });
      });

      it(`where a page in its tunnel says ${words}`, async () => {
        answer = (response) => response.writeHead(403).end(`<title>No entry for ${words}.</title>`);
        await assert.rejects(startVia({}, {}, credentials), {
          name: "RefusedError",
          message: /a web page answered \(403\): "No entry for (Basic )?\[proxy password\]\."\.$/,
        });
      });
    }

    it("where its password is a word of the error's own, which stays", async () => {
      const next = /: the proxy 127\.0\.0\.1:\d+ answered 502 \(\[proxy password\] failed\)\. Nothing was sent\./;
      await assert.rejects(startVia({ status: 502, reason: "proxy failed" }, {}, "proxy:proxy@"), { message: next });
    });

    it("where a user name alone is the secret", async () => {
      const token = Buffer.from("secret-token:").toString("base64");
      await assert.rejects(startVia({ status: 407, reason: `secret-token ${token}` }, {}, "secret-token@"), {
        message: /answered 407 \(\[proxy password\] \[proxy password\]\)\./,
      });
    });
  });

  it("has sent nothing where there is no proxy any more, and names it", async () => {
    const gone = await startProxy();
    await gone.close();
    await assert.rejects(startVia({}, { HTTPS_PROXY: gone.host }), {
      name: "NotSentError",
      message: new RegExp(`the proxy ${gone.host} refused the connection\\. Nothing was sent\\.`),
    });
  });

  it("goes past the proxy where NO_PROXY exempts the host", async () => {
    for (const entry of ["api.mailmodo.test", ".mailmodo.test", "mailmodo.test:443", "*"]) {
      // Nothing but the proxy knows that name.
      await assert.rejects(startVia({}, { NO_PROXY: entry }), {
        name: "NotSentError",
        message: /the name api\.mailmodo\.test could not be resolved/,
      });
      assert.equal(proxy?.seen.length, 0, entry);
      await proxy?.close();
    }
  });

  it("goes past the proxy where NO_PROXY exempts a block of addresses", async () => {
    proxy = await startProxy();
    const env = { HTTPS_PROXY: proxy.host, NO_PROXY: "127.0.0.0/8" };
    const connection = { ...connectionTo(vendor.url, apiKey), proxy: proxyFor(new URL(vendor.url), env) };
    assert.equal(await startJourney(connection, request), ref);
    assert.equal(proxy.seen.length, 0);
  });

  it("trusts nobody more than without one, also with NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
    tls.setDefaultCACertificates(trusted);
    try {
      const call = withEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, () => startVia({}));
      await assert.rejects(call, {
        name: "NotSentError",
        message: /\(DEPTH_ZERO_SELF_SIGNED_CERT\)\. Nothing was sent\. .*NODE_EXTRA_CA_CERTS\.$/,
      });
      assert.equal(vendor.seen.length, 0);
    } finally {
      tls.setDefaultCACertificates([...trusted, vendor.certificate!]);
    }
  });

  it("has advice for each code of a certificate, and for no other", () => {
    for (const code of CERTIFICATE_CODES) assert.match(certificateAdvice(code)!, /NODE_EXTRA_CA_CERTS/);
    for (const code of ["ECONNREFUSED", undefined]) assert.equal(certificateAdvice(code), undefined);
  });
});
