import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { readPreviewSettings, withFields } from "../../../../provider/commands/previews/settings";

describe("the settings of a preview", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-settings-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
  const read = (text: string, name = "Pulumi.preview.yaml") => {
    fs.writeFileSync(path.join(dir, name), text);
    return readPreviewSettings(dir, name);
  };

  it("keep the text of YAML, and get more fields at its end", () => {
    const text = 'secretsprovider: awskms://alias/x # ours\nconfig:\n  seeds:since: 2026-01-01\n  seeds:on: "yes"';
    const settings = read(text);
    assert.equal(settings.fields["secretsprovider"], "awskms://alias/x");
    assert.equal(withFields(settings, {}), `${text}\n`);
    assert.equal(withFields(settings, { encryptionsalt: "v1:a=:v1:b" }), `${text}\nencryptionsalt: "v1:a=:v1:b"\n`);
  });

  for (const [what, text] of [
    ["JSON", '\n{\n\t"config": { "seeds:n": "1" }\n}\n'],
    ["YAML in braces", '{ config: { "seeds:n": "1" } }\n'],
  ] as const) {
    it(`get more fields in ${what}`, () => {
      assert.deepEqual(parse(withFields(read(text), { encryptedkey: "AQ==" })), {
        config: { "seeds:n": "1" },
        encryptedkey: "AQ==",
      });
    });
  }

  it("may be empty, or nothing but comments", () => {
    for (const text of ["", "# later\n"]) assert.deepEqual(parse(withFields(read(text), { a: "b" })), { a: "b" });
  });

  it("are found by a whole path, too", () => {
    const file = path.join(dir, "elsewhere.yaml");
    fs.writeFileSync(file, "config: {}\n");
    assert.equal(readPreviewSettings("/", file).text, "config: {}\n");
  });

  it("are refused in one line if they are missing, unreadable or not YAML", () => {
    assert.throws(
      () => readPreviewSettings(dir, "x.yaml"),
      /^Error: No settings for previews: x\.yaml is not in [^\n]*$/,
    );
    assert.throws(() => readPreviewSettings(dir, "."), /^Error: Could not read \.: EISDIR\.$/);
    assert.throws(() => read("config: ["), /^Error: Could not read Pulumi\.preview\.yaml: [^\n]*$/);
  });
});
