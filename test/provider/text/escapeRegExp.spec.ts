import assert from "node:assert/strict";
import { escapeRegExp } from "../../../provider/text/escapeRegExp";

describe("escapeRegExp", () => {
  it("makes an expression that matches the text", () => {
    const text = "a.b*c+d?e^f$g{h}(i)|[j]\\k";
    assert.match(text, new RegExp(`^${escapeRegExp(text)}$`));
  });

  it("makes an expression that matches no other text", () => {
    assert.doesNotMatch("axb", new RegExp(`^${escapeRegExp("a.b")}$`));
  });
});
