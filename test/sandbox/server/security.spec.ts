import assert from "node:assert/strict";
import { rawRequest } from "../../support/rawRequest";
import { useSandbox } from "../../support/sandbox";

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
