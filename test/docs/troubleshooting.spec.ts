import assert from "node:assert/strict";
import { errorTexts } from "../support/errorTexts";
import { codeSpans, readPage, tableRows } from "../support/markdown";

describe("docs/troubleshooting.md", function () {
  this.timeout(60_000);
  const page = readPage("docs/troubleshooting.md");
  /** What the tables' first columns say that an error says. */
  const listed = tableRows(page.text).flatMap(([first = ""]) => codeSpans(first));
  let code: ReturnType<typeof errorTexts>;
  before(() => (code = errorTexts()));

  it("has every error text of the code", () => {
    assert.ok(code.sentences.size > 100, "texts are found");
    const missing = [...code.sentences].filter((text) => !listed.includes(text) && !NEVER_SHOWN.includes(text));
    assert.deepEqual(missing, []);
  });

  it("has no error text that the code lacks", () => {
    const stray = listed.filter((text) => !code.all.has(text));
    assert.deepEqual(stray, []);
  });

  it("has each of them once", () => {
    assert.deepEqual(
      listed.filter((text, index) => listed.indexOf(text) !== index),
      [],
    );
  });

  it("says of each what it means and what to do", () => {
    const short = tableRows(page.text).filter(
      (row) => row.length !== 3 || row.slice(1).some((cell) => cell.length < 5),
    );
    assert.deepEqual(short, []);
  });
});

/** Of an error whose code alone is shown. */
const NEVER_SHOWN = ["nothing was written"];
