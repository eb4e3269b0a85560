import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { TYPES } from "../../provider/model/stateFormat";
import { TAGS } from "../../provider/pulumi/previewTags";
import { allPages, codeSpans, readPage, tableRows } from "../support/markdown";

const provider = path.join(__dirname, "../../provider");

describe("docs/configuration.md", () => {
  /** The settings that the code reads. */
  const reads = sources(provider).flatMap((text) => [...text.matchAll(/\.get\("(mailmodo:\w+)"\)/g)]);
  const code = [...new Set(reads.map(([, key = ""]) => key))];

  const listed = tableRows(readPage("docs/configuration.md").text)
    .map(([first = ""]) => codeSpans(first)[0] ?? "")
    .filter((name) => name.startsWith("mailmodo:"));

  it("has each setting that the code reads", () => {
    assert.ok(code.length > 5, "settings are found");
    const missing = code.filter((name) => !listed.includes(name));
    assert.deepEqual(missing, []);
  });

  it("has no setting that the code does not read", () => {
    const stray = listed.filter((name) => !code.includes(name));
    assert.deepEqual(stray, []);
  });

  it("has every setting that another page names", () => {
    const types = Object.values(TYPES).map((type) => type.split("/")[1]!);
    const known = [...code, ...types, ...Object.values(TAGS), "mailmodo:index"];
    const named = allPages().flatMap(({ name, text }) =>
      [...text.matchAll(/\bmailmodo:\w+/g)].map(([key]) => ({ name, key })),
    );
    assert.ok(named.length > 20);
    assert.deepEqual(
      named.filter(({ key }) => !known.includes(key)),
      [],
    );
  });
});

function sources(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return /^(dist|node_modules)$/.test(entry.name) ? [] : sources(full);
    return entry.name.endsWith(".ts") ? [fs.readFileSync(full, "utf8")] : [];
  });
}
