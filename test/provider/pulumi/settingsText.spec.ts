import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { parseFields, readFields, UnreadableFields, withYamlFields } from "../../../provider/pulumi/settingsText";

describe("readFields", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-text-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
  const read = (bytes: Buffer | string, name = "Pulumi.dev.yaml") => {
    fs.writeFileSync(path.join(dir, name), bytes);
    return readFields(path.join(dir, name));
  };
  const text = "config:\r\n  seeds:name: Prüfung\r\n";
  const bigEndian = Buffer.from(`\ufeff${text}`, "utf16le").swap16();

  const encodings: [what: string, bytes: Buffer | string][] = [
    ["UTF-8", text],
    ["UTF-8 with a byte order mark", `\ufeff${text}`],
    ["UTF-16, little-endian", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16, big-endian", bigEndian],
  ];
  for (const [what, bytes] of encodings)
    it(`reads ${what}`, () => assert.deepEqual(read(bytes), { config: { "seeds:name": "Prüfung" } }));

  it("reads JSON with a byte order mark", () => {
    assert.deepEqual(read('\ufeff{"name":"seeds"}', "Pulumi.json"), { name: "seeds" });
  });

  for (const empty of ["", "\n", "# comments alone\n", "---\n", "null\n", "~\n", "\ufeff# a mark\r\n"])
    it(`takes ${JSON.stringify(empty)} for no fields`, () => assert.deepEqual(read(empty), {}));

  const read2: [what: string, text: string, expected: object][] = [
    ["nothing but the first document", "a: 1\n---\nb: [\n", { a: 1 }],
    ["what an anchor repeats", "x: &x { a: 1 }\nconfig: *x\n", { x: { a: 1 }, config: { a: 1 } }],
    ["what an anchor merges", "x: &x { a: 1 }\nconfig:\n  <<: *x\n  b: 2\n", { x: { a: 1 }, config: { a: 1, b: 2 } }],
    ["a comment right after a quote", "a: 'x'#c\n", { a: "x" }],
    ["braces that end where the key begins", "a:\n  b: {\n    c: 1\n  }\n", { a: { b: { c: 1 } } }],
    ["lines that end as in old versions of YAML", "a: 1\rb: 2\u0085c: 3\u2028d: 4\u2029", { a: 1, b: 2, c: 3, d: 4 }],
    ["secrets, lists and null", "a: { secure: v1:x }\nb: [1]\nc:\n", { a: { secure: "v1:x" }, b: [1], c: null }],
  ];
  for (const [what, yaml, expected] of read2) it(`reads ${what}`, () => assert.deepEqual(read(yaml), expected));

  it("takes the last of two equal keys in JSON, and refuses them in YAML", () => {
    assert.deepEqual(parseFields('{"a":1,"a":2}', "x.json"), { a: 2 });
    assert.throws(() => parseFields("a: 1\na: 2\n", "x.yaml"), /^Error: Could not read x\.yaml: [^\n]*unique[^\n]*$/);
  });

  for (const [name, text] of [
    ["x.yaml", "- a\n"],
    ["x.yaml", "a\n"],
    ["x.json", "[]"],
    ["x.json", "7"],
  ] as const)
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseFields(text, name), new Error(`Could not read ${name}: it has no fields.`));
    });

  it("throws an error of its own for a text that it cannot read", () => {
    for (const text of ["[", "- a\n"]) assert.throws(() => parseFields(text, "x.yaml"), UnreadableFields);
  });

  it("refuses comments in JSON, and no content at all, as the CLI does", () => {
    for (const text of ["// x\n{}", ""])
      assert.throws(() => parseFields(text, "x.json"), new Error("Could not read x.json: it is not valid JSON."));
  });
});

describe("withYamlFields", () => {
  const SALT = { encryptionsalt: "v1:a=:v1:b" };
  const cases: [what: string, text: string, expected: string][] = [
    ["above a mapping", "config:\n  a: 1 # ours\n", 'encryptionsalt: "v1:a=:v1:b"\nconfig:\n  a: 1 # ours\n'],
    ["above an indented one", "# c\n  a: 1\n  b: 2", '# c\n  encryptionsalt: "v1:a=:v1:b"\n  a: 1\n  b: 2'],
    ["below the mark of a document", "--- # c\na: 1\n", '--- # c\nencryptionsalt: "v1:a=:v1:b"\na: 1\n'],
    ["before what ends a document", "a: 1\n...\nb: 2\n", 'encryptionsalt: "v1:a=:v1:b"\na: 1\n...\nb: 2\n'],
    ["before a text that keeps its line breaks", "a: |+\n  x\n\n", 'encryptionsalt: "v1:a=:v1:b"\na: |+\n  x\n\n'],
    ["before an anchored key", "&k a: 1\nb: *k\n", 'encryptionsalt: "v1:a=:v1:b"\n&k a: 1\nb: *k\n'],
    ["in braces", "# c\n{ a: 1 }\n", '# c\n{encryptionsalt: "v1:a=:v1:b",  a: 1 }\n'],
    ["in empty braces", "{}", '{encryptionsalt: "v1:a=:v1:b", }'],
    ["in place of comments", "# only\n", 'encryptionsalt: "v1:a=:v1:b"\n'],
    ["in place of null", "~", 'encryptionsalt: "v1:a=:v1:b"\n'],
    [
      "in place of a field without a value",
      "a: 1\nencryptionsalt: # none\n",
      'a: 1\nencryptionsalt: "v1:a=:v1:b" # none\n',
    ],
    ["in place of a field that is null", "encryptionsalt: ~\r\na: 1\r\n", 'encryptionsalt: "v1:a=:v1:b"\r\na: 1\r\n'],
  ];
  for (const [where, text, expected] of cases) {
    it(`adds a field ${where}`, () => {
      const added = withYamlFields(text, SALT);
      assert.equal(added, expected);
      assert.equal((parse(added.split("\n...")[0]!) as typeof SALT).encryptionsalt, SALT.encryptionsalt);
    });
  }

  it("leaves a text as it is without more fields", () => assert.equal(withYamlFields("# only\n", {}), "# only\n"));
});
