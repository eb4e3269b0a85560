import assert from "node:assert/strict";
import { counted } from "../../../sandbox/page/model/counted";
import { isolated, readableJson, visibleLines, visibleText } from "../../../sandbox/page/model/foreignText";
import { duration, localTime, relative, span } from "../../../sandbox/page/model/times";

describe("Foreign text on the sandbox's page", () => {
  const cases: [string, string][] = [
    ["qa@example.com", "qa@example.com"],
    ["a\u202egnp.exe", "a[U+202E]gnp.exe"],
    ["\u2066a\u2069", "[U+2066]a[U+2069]"],
    ["a\u200b\ufeff\u00adb", "a[U+200B][U+FEFF][U+00AD]b"],
    ["a\r\n\tb\u0000", "a[U+000D][U+000A][U+0009]b[U+0000]"],
    ["\u{e0041}", "[U+E0041]"],
    ["\ud800", "[U+D800]"],
    ["<b>&amp;", "<b>&amp;"],
    ["Ünïcode 👩‍💻 שלום", "Ünïcode 👩‍💻 שלום"],
  ];
  for (const [text, shown] of cases) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () => assert.equal(visibleText(text), shown));
  }

  it("keeps lines and tabs where there may be several", () => {
    assert.equal(visibleLines("a\r\n\tb\nc\u202e"), "a\n\tb\nc[U+202E]");
  });

  it("isolates its direction in a title", () => assert.equal(isolated("a\u202e"), "\u2068a[U+202E]\u2069"));

  it("shows a value as JSON, and nothing for none", () => {
    assert.deepEqual([readableJson({ a: 1 }), readableJson(undefined)], ['{\n  "a": 1\n}', ""]);
  });
});

describe("Times on the sandbox's page", () => {
  const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
  const spans: [number, string][] = [
    [0, "0 s"],
    [-5, "0 s"],
    [59_999, "1 min"],
    [90 * SECOND, "1 min 30 s"],
    [DAY + 3 * HOUR + 59 * MINUTE, "1 d 4 h"],
    [DAY - 40 * MINUTE, "23 h 20 min"],
    [DAY - MINUTE, "1 d"],
    [DAY - SECOND, "1 d"],
    [2 * DAY - 5 * MINUTE, "2 d"],
    [400, "0 s"],
    [2 * DAY + 5 * MINUTE, "2 d"],
  ];
  for (const [ms, text] of spans) it(`is ${text} for ${ms} ms`, () => assert.equal(span(ms), text));

  const relatives: [number, string][] = [
    [0, "now"],
    [-400, "now"],
    [-600, "1 s ago"],
    [-5 * SECOND, "5 s ago"],
    [-59_600, "1 min ago"],
    [-119 * SECOND, "2 min ago"],
    [DAY - 5 * SECOND, "in 1 d"],
    [DAY - 20 * MINUTE, "in 1 d"],
    [DAY - 40 * MINUTE, "in 23 h"],
    [2 * DAY - HOUR, "in 2 d"],
    [25 * HOUR, "in 1 d"],
  ];
  for (const [ms, text] of relatives)
    it(`says ${text} for ${ms} ms from now`, () => assert.equal(relative(ms, 0), text));

  it("rounds a request's time", () => {
    assert.deepEqual([0.84, 12.3, 999.6, 1250].map(duration), ["0.8 ms", "12 ms", "1000 ms", "1.3 s"]);
  });

  it("counts one thing and several", () => {
    assert.deepEqual(
      [0, 1, 1200].map((count) => counted(count, "request")),
      ["0 requests", "1 request", "1,200 requests"],
    );
  });

  it("says when it does not know a time", () => assert.equal(localTime(Number.NaN), "at an unknown time"));
});
