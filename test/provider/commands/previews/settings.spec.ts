import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { PREVIEW_SETTINGS } from "../../../../provider/text/configCommand";
import {
  checkSettings,
  readPreviewSettings,
  settingsFile,
  withFields,
} from "../../../../provider/commands/previews/settings";

describe("the settings of a preview", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-settings-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
  const read = (text: string, name = "Pulumi.preview.yaml") => {
    fs.writeFileSync(path.join(dir, name), text);
    return readPreviewSettings(dir, name);
  };

  it("keep the text of YAML, and get more fields at its beginning", () => {
    const text = 'secretsprovider: awskms://alias/x # ours\nconfig:\n  seeds:since: 2026-01-01\n  seeds:on: "yes"';
    const settings = read(text);
    assert.equal(settings.fields["secretsprovider"], "awskms://alias/x");
    assert.equal(withFields(settings, {}), text);
    assert.equal(withFields(settings, { encryptionsalt: "v1:a=:v1:b" }), `encryptionsalt: "v1:a=:v1:b"\n${text}`);
  });

  const others: [what: string, name: string, text: string][] = [
    ["JSON", "settings.json", '\n{\n\t"config": { "seeds:n": "1" }\n}\n'],
    ["YAML in braces", "settings.yaml", '{ config: { "seeds:n": "1" } }\n'],
    ["a file of another ending", "meine Einstellungen", 'config: { "seeds:n": "1" }\n'],
  ];
  for (const [what, name, text] of others) {
    it(`get more fields in ${what}`, () => {
      const settings = read(text, name);
      assert.equal(settings.ending, what === "JSON" ? ".json" : ".yaml");
      assert.deepEqual(parse(withFields(settings, { encryptedkey: "AQ==" })), {
        config: { "seeds:n": "1" },
        encryptedkey: "AQ==",
      });
    });
  }

  it("have no field that has no value", () => {
    assert.deepEqual(read("config:\nsecretsprovider: ~\nencryptionsalt:\n").fields, {});
  });

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

  it("of the default name are also found where the CLI looks for a stack's", () => {
    const project = { folder: dir, name: "seeds", settingsFolder: path.join(dir, "stacks"), ending: ".json" };
    assert.equal(settingsFile(project, PREVIEW_SETTINGS), PREVIEW_SETTINGS);
    fs.mkdirSync(path.join(dir, "stacks"));
    fs.writeFileSync(path.join(dir, "stacks/Pulumi.preview.json"), "{}");
    assert.equal(settingsFile(project, PREVIEW_SETTINGS), path.join("stacks", "Pulumi.preview.json"));
    assert.equal(settingsFile(project, "other.yaml"), "other.yaml");
    fs.writeFileSync(path.join(dir, PREVIEW_SETTINGS), "");
    assert.equal(settingsFile(project, PREVIEW_SETTINGS), PREVIEW_SETTINGS);
  });

  describe("are refused", () => {
    const check = (text: string, env: NodeJS.ProcessEnv = {}, name = "seeds", config: Record<string, unknown> = {}) =>
      checkSettings(read(text), "my.yaml", { folder: dir, name, settingsFolder: dir, config }, env);
    const NO_KEY =
      /^Error: No API key for previews: put it in MAILMODO_API_KEY, or [^\n]* in my\.yaml \(mailmodo:apiKeySecret\)\.$/;
    const NO_RECIPIENTS = /^Error: No recipients for previews: [^\n]* in my\.yaml \(mailmodo:allowedRecipients\)\.$/;
    const MAILMODO_API_KEY = "x";

    for (const text of ["# only\n", "config:\n", "config: {}\n", "config: []\n", "config: { mailmodo:apiKey: }\n"])
      it(`without a key: ${JSON.stringify(text)}`, () => assert.throws(() => check(text), NO_KEY));

    for (const text of ["# only\n", "config: { mailmodo:allowedRecipients: }\n"])
      it(`without recipients: ${JSON.stringify(text)}`, () =>
        assert.throws(() => check(text, { MAILMODO_API_KEY }), NO_RECIPIENTS));

    it("but not if the project's file, the project's name or an environment may give them", () => {
      const recipients = { value: ["*@seeds.example.com"] };
      check("# only\n", { MAILMODO_API_KEY }, "seeds", { "mailmodo:allowedRecipients": recipients });
      check("config:\n  apiKey: { secure: v1:x }\n  allowedRecipients: [a@b.example]\n", {}, "mailmodo");
      check("config: { mailmodo:config:apiKeySecret: a, mailmodo:allowedRecipients: '[]' }\n");
      check("environment: [seeds]\n");
    });
  });
});
