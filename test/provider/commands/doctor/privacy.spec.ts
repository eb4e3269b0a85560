import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { shareable } from "../../../../provider/commands/doctor/privacy";

describe("a text for strangers' eyes", () => {
  const env = { HOME: "/home/ann" };

  for (const [what, text, expected, more] of [
    ["a given secret, wherever it stands", "a/first-secret?first-secret", "a/[hidden]?[hidden]", {}],
    ["the longer of two secrets", "a first-secret-longer one", "a [hidden] one", { API_TOKEN: "first-secret-longer" }],
    ["a secret in lower case", "a FIRST-Secret", "a [hidden]", {}],
    ["a secret in base64", `a ${Buffer.from("first-secret").toString("base64")}`, "a [hidden]", {}],
    ["a secret in a URL", "a a%2Bb%2Fsecret", "a [hidden]", { API_TOKEN: "a+b/secret" }],
    ["no pattern of recipients", "'[\"*@seeds.example.com\"]'", "'[\"*@seeds.example.com\"]'", {}],
    ["the passphrase", "it was correct horse", "it was [hidden]", { PULUMI_CONFIG_PASSPHRASE: "correct horse" }],
    ["keys of the environment", "with AKIASOMETHING", "with [hidden]", { AWS_SECRET_ACCESS_KEY: "AKIASOMETHING" }],
    [
      "a proxy's user and password",
      "annproxy:p4ssword",
      "[hidden]:[hidden]",
      { HTTPS_PROXY: "http://annproxy:p4ssword@h:1" },
    ],
    ["the user of a URL", "at postgres://ann:pw@h/db.", "at postgres://[hidden]@h/db.", {}],
    ["an account of AWS's", "arn:aws:iam::123456789012:role/ci", "arn:aws:iam::[account]:role/ci", {}],
    ["an address, but for its domain", "for jane.doe@example.com.", "for j***@example.com.", {}],
    ["the user's home", "in /home/ann/a and file:///home/ann.", "in ~/a and file://~.", {}],
    ["no folder that only begins like it", "in /home/anna and /home/ann-2", "in /home/anna and /home/ann-2", {}],
    ["what would break a line", "a\nb\u001b[31m  c", "a b [31m c", {}],
  ] as [string, string, string, NodeJS.ProcessEnv][]) {
    it(`hides ${what}`, () => {
      assert.equal(shareable(text, ["first-secret"], { ...env, ...more }), expected);
    });
  }

  it("shows the names of project and stack, even if one of them is the passphrase", () => {
    const more = { ...env, PULUMI_CONFIG_PASSPHRASE: "first-seeds" };
    assert.equal(shareable("in first-seeds", [], more, "/srv/first-seeds dev"), "in first-seeds");
  });

  it("hides the passphrase that a file has", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "privacy-"));
    const file = path.join(folder, "passphrase");
    fs.writeFileSync(file, "battery staple\n");
    try {
      const found = shareable("not battery staple", [], { ...env, PULUMI_CONFIG_PASSPHRASE_FILE: file });
      assert.equal(found, "not [hidden]");
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
