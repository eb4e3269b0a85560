import assert from "node:assert/strict";
import { inert, inertCell, inertMarkdown } from "../../../provider/text/inert";

describe("inert", () => {
  const texts: [what: string, text: string, expected: string][] = [
    ["line breaks of all kinds", "a\nb\r\nc\u2028d\u2029e\u0085f", "a b  c d e f"],
    ["the beginning of a command to a terminal", "\u001b]0;title\u0007\u001b[2J\u009b31m", " ]0;title  [2J 31m"],
    ["marks that turn the direction of writing", "a\u202eb\u2066c\u200ed", "a b c d"],
    ["invisible characters", "a\u200bb\ufeffc\u00add", "a b c d"],
    ["half a character", "a\ud800b", "a b"],
  ];
  for (const [what, text, expected] of texts)
    it(`replaces ${what} by spaces`, () => assert.equal(inert(text), expected));

  it("leaves words and the spaces between them", () => {
    assert.equal(inert("   Prüfung — 日本 🙂  a\u00a0b"), "   Prüfung — 日本 🙂  a\u00a0b");
  });
});

describe("inertMarkdown", () => {
  for (const text of [
    "",
    "Preview pr-42 is up",
    "Previews: 2 destroyed, 1 still there",
    "in 3d",
    "feature_x",
    "Prüfung 1.5!",
  ])
    it(`shows as it is: ${JSON.stringify(text)}`, () => assert.equal(inertMarkdown(text), text));

  const code = [
    "for j***@example.com",
    "@team",
    "https://evil.example/x",
    "www.evil.example",
    "ftp://evil.example",
    "mailto:a",
    "<img src=x onerror=alert(1)>",
    "<!-- -->",
    "&lt;b&gt;",
    "![x](https://evil.example/x.png)",
    "[y](z)",
    "**bold** _it_",
    "~~gone~~",
    "#1",
    "GH-12",
    "ann/seeds#1",
    ":smile:",
    "!7",
    "$\\alpha$",
    "- item",
    "a = b",
  ];
  for (const text of code) it(`shows as code: ${text}`, () => assert.equal(inertMarkdown(text), `\`${text}\``));

  const ticks: [text: string, expected: string][] = [
    ["a `b` c", "``a `b` c``"],
    ["`", "`` ` ``"],
    ["```js", "```` ```js ````"],
    ["a `` ` b@c", "```a `` ` b@c```"],
  ];
  for (const [text, expected] of ticks)
    it(`no backtick ends the code early: ${text}`, () => assert.equal(inertMarkdown(text), expected));

  it("stays on one line, without control characters", () => {
    assert.equal(inertMarkdown("a\r\n\n| b\u202e\u001b[0m"), "`a | b [0m`");
  });
});

describe("inertCell", () => {
  it("does not end at a bar, in code either", () => {
    assert.equal(inertCell("a | b"), "`a \\| b`");
    assert.equal(inertCell("a \\| `b`"), "`` a \\\\| `b` ``");
  });
});
