import assert from "node:assert/strict";
import { parseNoteLine, textOf, type NoteLine } from "../../../provider/journal/noteLine";

const LINES: readonly NoteLine[] = [
  { id: 1, call: "start", sealed: "c2Vh+bGVk/A==", sentAt: 1795740334589 },
  { id: 12, call: "abort", sealed: "c2VhbGVk", sentAt: 1795740334589 },
  { id: 2, call: "add", sealed: "c2VhbGVk", sentAt: 1795740334589 },
  { id: 3, call: "archive", sealed: "c2VhbGVk", sentAt: 1795740334589 },
  { id: 1, sentAt: 1795740334589 },
  { id: 1, confirmed: "c2VhbGVk" },
  { id: 1, finished: true },
];

describe("a line of the journal", () => {
  for (const line of LINES) {
    const text = textOf(line).slice(1);
    const kind = Object.keys(line).at(-1);

    it(`is read as it was written (${kind})`, () => assert.deepEqual(parseNoteLine(text), line));

    it(`counts as cut off wherever the writer stopped (${kind})`, () => {
      for (let length = 1; length < text.length; length++)
        assert.equal(parseNoteLine(text.slice(0, length)), "cut off", text.slice(0, length));
    });

    it(`counts as damaged whichever character is another one (${kind})`, () => {
      for (let at = 0; at < text.length; at++)
        for (const character of ["\0", "|", text[at] === "1" ? "2" : "1"]) {
          const damaged = text.slice(0, at) + character + text.slice(at + 1);
          assert.equal(parseNoteLine(damaged), "damaged", JSON.stringify(damaged));
        }
    });

    it(`counts as damaged with NULs at the end (${kind})`, () => {
      for (let length = 0; length < text.length; length++)
        assert.equal(parseNoteLine(text.slice(0, length).padEnd(text.length, "\0")), "damaged");
    });
  }

  for (const text of ["null", "7", "[1]", '"x"', "{}", '{"id":1}', '{"id":1,"call":"stop","sealed":"x","sentAt":1}'])
    it(`counts as damaged where it is JSON and no note: ${text}`, () => assert.equal(parseNoteLine(text), "damaged"));
});
