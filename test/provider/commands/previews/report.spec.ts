import assert from "node:assert/strict";
import { downReport, listReport, markdown, printed, sweepReport } from "../../../../provider/commands/previews/report";

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

  it("says that there are none", () => assert.equal(printed(listReport([])), "No previews"));
});

describe("markdown", () => {
  it("keeps an error's words in its cell", () => {
    const error = "a | b\n<script> `x` [y](z) #1";
    const text = markdown(sweepReport([{ name: "pr-1", why: "expired", outcome: "left", error }]));
    assert.equal(
      text,
      "### Previews: 1 still there\n\n| name | why | outcome |\n| --- | --- | --- |\n" +
        "| pr-1 | expired | still there: a \\| b \\<script\\> \\`x\\` \\[y\\](z) \\#1 |\n\n",
    );
  });

  it("is a line where there is no table", () =>
    assert.equal(
      markdown(downReport({ name: "pr-1", outcome: "none" })),
      "### Preview pr-1 has no stack: nothing to destroy\n\n",
    ));
});
