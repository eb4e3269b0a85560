import assert from "node:assert/strict";
import { withLink } from "../../../sandbox/mail/unsubscribeLink";

const url = "http://127.0.0.1:8025/unsubscribe/1";
const footer = `<div><a href="${url}">Unsubscribe</a></div>`;

describe("the unsubscribe link of the sandbox's mails", () => {
  it("is at the end of the text", () => {
    assert.deepEqual(withLink({ text: "Hello" }, url), { text: `Hello\n\nUnsubscribe: ${url}` });
  });

  for (const [html, expected] of [
    ["<p>Hello</p>", `<p>Hello</p>${footer}`],
    ["<html><BODY><p>Hello</p></BODY></html>", `<html><BODY><p>Hello</p>${footer}</BODY></html>`],
    ["<body>a</body>b</body>", `<body>a</body>b${footer}</body>`],
  ] as const) {
    it(`is at the end of the body: ${html}`, () => assert.deepEqual(withLink({ html }, url), { html: expected }));
  }
});
