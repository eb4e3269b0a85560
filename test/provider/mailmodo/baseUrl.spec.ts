import assert from "node:assert/strict";
import { parseBaseUrl } from "../../../provider/mailmodo/baseUrl";

describe("parseBaseUrl", () => {
  it("gives an origin with an optional path and no trailing slash", () => {
    assert.deepEqual(parseBaseUrl("HTTPS://Mailmodo.example/v2//"), { url: "https://mailmodo.example/v2" });
  });

  it("takes http on a loopback address alone", () => {
    assert.deepEqual(parseBaseUrl("http://127.0.0.1:8025"), { url: "http://127.0.0.1:8025" });
    assert.match(Object.values(parseBaseUrl("http://10.0.0.1"))[0]!, /because each request carries the key$/);
  });

  it("says what is wrong with a text", () => {
    assert.deepEqual(parseBaseUrl("api.mailmodo.com"), { problem: "is not a URL" });
  });
});
