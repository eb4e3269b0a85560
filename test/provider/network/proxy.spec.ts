import assert from "node:assert/strict";
import { ProxySettingError, proxyFor } from "../../../provider/network/proxy";

describe("the proxy of the environment", () => {
  const url = new URL("https://api.mailmodo.com");
  const found = (env: Record<string, string>) => proxyFor(url, env)?.href;

  const cases: [what: string, env: Record<string, string>, href: string | undefined][] = [
    ["none", {}, undefined],
    ["none where it is empty", { HTTPS_PROXY: " " }, undefined],
    ["none for plain http", { http_proxy: "http://a:1" }, undefined],
    ["https_proxy", { https_proxy: "http://a:1" }, "http://a:1/"],
    ["small letters first", { HTTPS_PROXY: "http://b:1", https_proxy: "http://a:1" }, "http://a:1/"],
    ["https_proxy before all_proxy", { HTTPS_PROXY: "http://a:1", all_proxy: "http://b:1" }, "http://a:1/"],
    ["ALL_PROXY", { ALL_PROXY: "http://a:1" }, "http://a:1/"],
    ["one without a scheme", { HTTPS_PROXY: "a:3128" }, "http://a:3128/"],
    ["one over TLS", { HTTPS_PROXY: "https://a:1" }, "https://a:1/"],
    ["none for an exempt host", { HTTPS_PROXY: "http://a:1", NO_PROXY: "mailmodo.com" }, undefined],
    ["no_proxy before NO_PROXY", { HTTPS_PROXY: "http://a:1", NO_PROXY: "*", no_proxy: "b" }, "http://a:1/"],
    ["none for an exempt host, whatever it is", { ALL_PROXY: "socks5://a:1", NO_PROXY: "mailmodo.com" }, undefined],
  ];
  for (const [what, env, href] of cases) it(`is ${what}`, () => assert.equal(found(env), href));

  it("is none for an http URL, whatever is set", () => {
    const local = new URL("http://127.0.0.1:8025");
    for (const HTTPS_PROXY of ["http://a:1", "socks5://a:1"]) assert.equal(proxyFor(local, { HTTPS_PROXY }), undefined);
  });

  const refused: [env: Record<string, string>, message: RegExp][] = [
    [
      { ALL_PROXY: "socks5://u:secret@a:1" },
      /^ALL_PROXY names a socks5:\/\/ proxy, which is not supported\. Set HTTPS_PROXY/,
    ],
    [{ https_proxy: "ftp://a" }, /^https_proxy names a ftp:\/\/ proxy, which is not supported\./],
    [{ HTTPS_PROXY: "http://u:secret@:x" }, /^HTTPS_PROXY is not a URL\. .*NO_PROXY=api\.mailmodo\.com\.$/],
    [
      { HTTPS_PROXY: "http://u:secret%@a:1" },
      /^The credentials in HTTPS_PROXY are not percent-encoded: write each % as %25\./,
    ],
  ];
  for (const [env, message] of refused) {
    it(`is refused without its credentials: ${Object.values(env).join()}`, () =>
      assert.throws(
        () => found(env),
        (error: Error) =>
          error instanceof ProxySettingError && message.test(error.message) && !error.message.includes("secret"),
      ));
  }
});
