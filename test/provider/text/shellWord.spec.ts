import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { quoted, shellWord } from "../../../provider/text/shellWord";

describe("a word for a shell", () => {
  const texts = [
    "../x/y_1.yaml",
    "meine Einstellungen.yaml",
    "it's.yaml",
    "a'b'c",
    "urn:x::a$b::c",
    "$(id)",
    "~",
    "*",
    "",
  ];
  for (const text of texts) {
    it(`is what the shell then reads: ${text}`, () => {
      for (const word of [shellWord(text), quoted(text)])
        assert.equal(execFileSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" }), text);
    });
  }

  for (const text of ["Pulumi.dev.yaml", "acme/dev", "file:///a,b", "a@b+c"]) {
    it(`has no quotes where none are needed: ${text}`, () => assert.equal(shellWord(text), text));
  }
});
