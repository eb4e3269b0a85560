import assert from "node:assert/strict";
import { searchedBy } from "../../support/searched";
import { maskAddress, oneLine, redact } from "../../../provider/text/masking";

describe("maskAddress", () => {
  const masked: [what: string, address: string, expected: string][] = [
    ["a plain address", "jane@example.com", "j***@example.com"],
    ["an address in angle brackets", "<jane@example.com>", "j***@example.com"],
    ["an address with a display name", "Jane Doe <jane@example.com>", "j***@example.com"],
    ["an address in double quotes", '"jane@example.com"', "j***@example.com"],
    ["an address in single quotes", "'jane@example.com'", "j***@example.com"],
    ["a quoted local part", '"jane doe"@example.com', "j***@example.com"],
    ["a domain with control characters", "jane@exam\u001b[2Jple\u202e.com", "j***@exam [2Jple .com"],
    ["a local part that begins with an emoji", "🙂jane@example.com", " ***@example.com"],
    ["a local part with an @", '"jane@home"@example.com', "j***@example.com"],
  ];
  for (const [what, address, expected] of masked) {
    it(`masks ${what}`, () => assert.equal(maskAddress(address), expected));
  }

  for (const text of ["", "jane", "@example.com", "<@example.com>"]) {
    it(`reveals nothing of ${JSON.stringify(text)}`, () => assert.equal(maskAddress(text), "***"));
  }
});

describe("maskAddress, given a long text", () => {
  const long: [what: string, text: string, shown: string][] = [
    ["of quotation marks", `x${"'".repeat(2 ** 17)}y@example.com`, "x***@example.com"],
    ["of quotation marks, all around", `${'"'.repeat(2 ** 17)}y@example.com${'"'.repeat(2 ** 17)}`, "y***@example.com"],
    ["of brackets", `${"<".repeat(2 ** 17)}y@example.com>>`, "y***@example.com"],
  ];
  for (const [what, text, shown] of long) it(`masks one ${what}`, () => assert.equal(maskAddress(text), shown));
});

describe("oneLine", () => {
  const masked: [what: string, text: string, expected: string][] = [
    ["in a sentence", "No jane@example.com here", "No j***@example.com here"],
    ["in angle brackets", "To: Jane <jane@example.com>", "To: Jane <j***@example.com>"],
    ["in escaped angle brackets", "&lt;jane@example.com&gt;", "&lt;j***@example.com&gt;"],
    ["in double quotes", '{"email":"jane@example.com"}', '{"email":"j***@example.com"}'],
    ["in single quotes", "email='jane@example.com'", "email='j***@example.com'"],
    ["in typographic quotes", "\u201cjane@example.com\u201d", "\u201cj***@example.com\u201d"],
    ["in brackets", "[jane@example.com]", "[j***@example.com]"],
    ["in a mailto link", "mailto:jane@example.com", "mailto:j***@example.com"],
    ["in a URL", "email=jane%40example.com", "e***@example.com"],
    ["encoded twice for a URL", "to ada%252Bseeds%2540example.com", "to a***@example.com"],
    ["encoded for HTML", "to ada&#64;example.com", "to a***@example.com"],
    ["encoded for HTML in hexadecimal digits", "to ada&#x0040;example.com", "to a***@example.com"],
    ["encoded for HTML by a name", "to ada&commat;example.com", "to a***@example.com"],
    ["with a quoted local part", 'to "jane doe"@example.com now', "to j***@example.com now"],
    ["with an apostrophe", "john.o'brien@example.com", "j***@example.com"],
    ["with an asterisk", "jane*doe@example.com", "j***@example.com"],
  ];
  for (const [where, text, expected] of masked) {
    it(`masks an address ${where}`, () => assert.equal(oneLine(text), expected));
  }

  it("masks every address", () => assert.equal(oneLine("a@x.example, b@y.example"), "a***@x.example, b***@y.example"));

  it("leaves a masked address as it is", () => assert.equal(oneLine("for j***@example.com"), "for j***@example.com"));

  it("turns line breaks and control characters into single spaces", () => {
    assert.equal(oneLine(" one\r\n\u001b[31mtwo\u200b\t three "), "one [31mtwo three");
  });

  it("cuts a text off after 300 characters", () => assert.equal(oneLine("x ".repeat(400)).length, 300));

  const long: [what: string, text: string, shown: string][] = [
    ["of letters", "a".repeat(2 ** 20), "a".repeat(300)],
    ["of addresses", "jane@example.com ".repeat(2 ** 16), "j***@example.com ".repeat(18).slice(0, 300)],
    ["of quotation marks", '"'.repeat(2 ** 20), '"'.repeat(300)],
    ["of spaces", " ".repeat(2 ** 20), ""],
    ["of words", "journey ".repeat(2 ** 17), "journey ".repeat(38).slice(0, 300)],
  ];
  for (const [what, text, shown] of long) {
    it(`searches no more than the beginning of a long text ${what}`, () => {
      assert.ok(searchedBy(() => assert.equal(oneLine(text), shown.trim())) < 2 ** 20);
    });
  }

  it("shows no part of an address that the cut of a long text goes through", () => {
    for (let before = 4070; before < 4100; before++) {
      const shown = oneLine(`${" ".repeat(before)}jane.doe@example.com${" ".repeat(10_000)}`);
      assert.ok(["", "j***@example.com"].includes(shown), shown);
    }
  });

  it("shows no half of a character", () => {
    assert.equal(oneLine(`${"x".repeat(299)}\u{1f469}`), "x".repeat(299));
    assert.equal(oneLine("cut \ud83d here"), "cut here");
  });

  it("shows no mark that turns the direction of writing", () => assert.equal(oneLine("a\u202egpj\u2066b"), "a gpj b"));
});

describe("redact", () => {
  const redacted = (words: string, email = "jane+a@example.com") => redact(words, { apiKey: "K.E-Y", email });

  it("removes the key wherever it occurs", () => assert.equal(redacted("K.E-Y or K.E-Y"), "[key] or [key]"));

  for (const [what, spelled] of [
    ["in lower case", "testkey+0000000"],
    ["for a URL", "TESTKEY%2B0000000"],
    ["in base64", "VEVTVEtFWSswMDAwMDAw"],
  ] as const) {
    it(`removes the key ${what}`, () =>
      assert.equal(redact(`not ${spelled}!`, { apiKey: "TESTKEY+0000000", email: "a@b.example" }), "not [key]!"));
  }

  it("leaves words alone that a short key is like", () => assert.equal(redacted("k.e-y, Sy5FLVk"), "k.e-y, Sy5FLVk"));

  it("adds nothing where there is no key", () =>
    assert.equal(redact("no key", { apiKey: "", email: "a@b.example" }), "no key"));

  it("takes the key literally", () => assert.equal(redacted("KXE-Y"), "KXE-Y"));

  it("removes each spelling of a proxy's password once, and not within what stands in its place", () => {
    const words = redact("proxy, cHJveHk6cHJveHk=", {
      apiKey: "K.E-Y",
      proxyPasswords: ["cHJveHk6cHJveHk=", "cHJveHk6cHJveHk", "proxy", "proxy"],
      email: "jane@example.com",
    });
    assert.equal(words, "[proxy password], [proxy password]");
  });

  it("masks the address in any case", () => assert.equal(redacted("JANE+A@Example.com"), "j***@example.com"));

  it("masks a whole address that only its own spelling delimits", () => {
    assert.equal(redacted("no:jane(x)@example.com!", "jane(x)@example.com"), "no:j***@example.com!");
  });

  it("masks other addresses, too", () => assert.equal(redacted("not bob@example.com"), "not b***@example.com"));
});
