import assert from "node:assert/strict";
import {
  downReport,
  failureReport,
  listReport,
  markdown,
  printed,
  sweepReport,
  upReport,
} from "../../../../provider/commands/previews/report";

const now = Date.parse("2026-11-24T12:00:00Z");
const preview = { name: "pr-1", created: "2026-11-22T12:00:00Z", expires: "2026-11-25T12:00:00Z" };

describe("listReport", () => {
  it("shows age, expiry, contacts and the last result", () => {
    const list = listReport(
      [{ ...preview, contacts: 2, unconfirmed: 1, result: "up succeeded", sha: "0123456789" }],
      now,
    );
    assert.deepEqual(list.rows, [["pr-1", "2d", "in 1d", "2", "1", "up succeeded", "01234567"]]);
  });

  it("shows what is expired, what was killed, and what cannot be read", () => {
    const list = listReport([{ ...preview, expires: "2026-11-24T09:00:00Z" }], now);
    assert.deepEqual(list.rows, [["pr-1", "2d", "3h ago", "?", "?", "not finished", ""]]);
  });

  it("shows what is not known of a preview whose tags are no times", () =>
    assert.deepEqual(listReport([{ name: "pr-1" }], now).rows, [
      ["pr-1", "?", "unknown", "?", "?", "not finished", ""],
    ]));

  it("is printed on its lines, without control characters", () => {
    const shown = printed(listReport([{ ...preview, result: "a\r\nb\u001b[2J\u202ec" }], now));
    assert.match(shown, /│ a b \[2J c +│/);
    assert.equal(shown.split("\n").length, 6);
  });

  it("says that there are none", () => assert.equal(printed(listReport([])), "No previews"));
});

describe("the report of an up", () => {
  const warnings = ["Mailmodo sends nothing to q***@seeds.example.com (qa).", "a\u001b[2J\nb"];

  it("prints its warnings last, one line each, without control characters", () => {
    const lines = printed(upReport({ ...preview, warnings }, now)).split("\n");
    assert.deepEqual(lines.slice(-2), [`Warning: ${warnings[0]}`, "Warning: a [2J b"]);
    assert.equal(lines.length, 8);
  });

  it("lists them in Markdown, and mentions nobody", () => {
    const text = markdown(upReport({ ...preview, warnings }, now));
    assert.ok(text.endsWith(`|\n\n- Warning: \`${warnings[0]}\`\n- Warning: \`a [2J b\`\n\n`), text);
  });

  it("has none where there are none", () => {
    assert.equal(markdown(upReport(preview, now)).includes("Warning"), false);
    assert.equal(printed(upReport(preview, now)).includes("Warning"), false);
  });
});

describe("markdown", () => {
  it("keeps an error's words in its cell", () => {
    const error = "a | b\n<script> `x` [y](z) #1";
    const text = markdown(sweepReport([{ name: "pr-1", why: "expired", outcome: "left", error }]));
    assert.equal(
      text,
      "### Previews: 1 still there\n\n| name | why | outcome |\n| --- | --- | --- |\n" +
        "| pr-1 | expired | ``still there: a \\| b <script> `x` [y](z) #1`` |\n\n",
    );
  });

  it("mentions nobody and links nowhere, whatever an error, a tag or a name says", () => {
    const hostile = "a***@example.com @team https://evil.example <img src=x>\r\n| `x`\u202e\u001b[2J";
    const texts = [
      markdown(failureReport("pr-1", new Error(hostile))),
      markdown(listReport([{ ...preview, name: hostile, result: hostile, sha: "<img" }], now)),
      markdown({ title: hostile, columns: ["name"], rows: [] }),
    ];
    for (const text of texts) {
      const outside = text.replace(/(`+) ?.*? ?\1(?!`)/g, "");
      assert.doesNotMatch(outside, /[@<]|:\/\/|img|[^\P{Cc}\n]|\p{Cf}/u, text);
    }
    assert.equal(texts[0]!.trimEnd().split("\n").length, 5);
  });

  it("is a line where there is no table", () =>
    assert.equal(
      markdown(downReport({ name: "pr-1", outcome: "none" })),
      "### Preview pr-1 has no stack: nothing to destroy\n\n",
    ));
});
