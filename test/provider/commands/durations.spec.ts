import assert from "node:assert/strict";
import { parseDeadAfter, parseTtl } from "../../../provider/commands/durations";

describe("parseTtl", () => {
  const hour = 3_600_000;
  for (const [text, ttlMs] of [
    ["10m", hour / 6],
    ["90m", 1.5 * hour],
    ["72h", 72 * hour],
    ["14d", 336 * hour],
    ["1.5h", 1.5 * hour],
    ["4w", 672 * hour],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseTtl(text), ttlMs));
  }
  for (const text of [
    "",
    "0",
    "0h",
    "-1h",
    "9m",
    "31d",
    "1y",
    "365d",
    "5w",
    "72",
    "h",
    "72 h",
    "1h30m",
    "1e3h",
    "NaNh",
    "Infinityh",
    "600s",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(
        () => parseTtl(text),
        /^Error: Not a time to live: .* It must be from 10m to 30d\. Examples: 90m, 72h, 14d\.$/,
      ));
  }
});

describe("parseDeadAfter", () => {
  it("takes none at all", () => assert.equal(parseDeadAfter("0m"), 0));
  it("refuses what is no duration", () =>
    assert.throws(() => parseDeadAfter("soon"), /^Error: Not a duration: "soon"/));
});
