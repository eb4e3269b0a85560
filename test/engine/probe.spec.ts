import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { defaultProfile } from "mailmodo-sandbox";
import { run } from "../../tools/workbench";
import { startProxy } from "../support/connectProxy";
import { COMMAND } from "../support/command";
import { journeyId } from "../support/journeyId";
import { useProject } from "../support/project";

describe("probe with the settings of a stack", function () {
  this.timeout(120_000);
  const project = useProject("");
  const probe = (email: string, stack = "test", env: NodeJS.ProcessEnv = {}, ...more: string[]) => {
    const args = ["--stack", stack, "--cwd", project().dir, "--journey", journeyId, "--email", email, ...more];
    return run(process.execPath, [COMMAND, "probe", "--yes", ...args], project().dir, { ...project().env, ...env });
  };
  const set = (settings: string) => {
    const file = path.join(project().dir, "Pulumi.test.yaml");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("config:\n", `config:\n${settings}`));
  };

  it("asks the stack's URL, and takes its phrases for already over", async () => {
    const { sandbox } = project();
    sandbox.useProfile({ ...defaultProfile, abortEnded: { status: 400, message: "It has left the flow" } });
    set("  mailmodo:alreadyOver:\n    - has left the flow\n");
    const { code, stdout, output } = await probe("probe@seeds.example.com");
    assert.equal(code, 0, output);
    assert.match(stdout, /│ It has left the flow +│ already over +│ yes +│/);
    assert.equal(sandbox.instances().length, 2);
    assert.deepEqual(sandbox.running(), []);
  });

  it("refuses an address outside the stack's list", async () => {
    const { code, stderr } = await probe("probe@other.example.com");
    assert.equal(code, 2);
    assert.match(stderr, /^The address of --email is outside mailmodo:allowedRecipients of the stack test\./);
    assert.deepEqual(project().requests(), []);
  });

  it("exits with 2 for a stack that does not exist", async () => {
    const { code, stdout, stderr } = await probe("probe@seeds.example.com", "nope");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(
      stderr,
      "Could not read the config of the stack nope: no stack named 'nope' found. Name one that exists: --stack <name>.\n",
    );
    assert.deepEqual(project().requests(), []);
  });

  it("exits with 2 for an address that is none, even if the stack cannot be read", async () => {
    const { code, stderr } = await probe("probe", "nope");
    assert.equal(code, 2);
    assert.match(stderr, /^--email is not a valid address/);
  });

  it("exits with 2, and sends nothing, without the stack's settings, which say where its Mailmodo is", async () => {
    fs.renameSync(path.join(project().dir, "Pulumi.test.yaml"), path.join(project().dir, "mine.yaml"));
    const proxy = await startProxy({ status: 502 });
    try {
      const env = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: undefined, no_proxy: undefined };
      const email = "probe@seeds.example.com";
      const allow = ["--allow", "*@seeds.example.com"];
      const { code, stderr } = await probe(email, "test", env, ...allow);
      assert.equal(code, 2, stderr);
      assert.equal(
        stderr,
        "The stack test has no settings file here, which would say where its Mailmodo is. Nothing was sent. Name the URL: --base-url <url>.\n",
      );
      assert.deepEqual(proxy.seen, []);
      const named = await probe(email, "test", env, ...allow, "--base-url", project().sandbox.url);
      assert.equal(named.code, 0, named.output);
    } finally {
      await proxy.close();
    }
  });

  it("exits with 1 if a setting of the stack is wrong", async () => {
    set('  mailmodo:alreadyOver: "many"\n');
    const { code, stderr } = await probe("probe@seeds.example.com");
    assert.equal(code, 1);
    assert.match(stderr, /^mailmodo:alreadyOver must be a JSON list of phrases/);
    assert.deepEqual(project().requests(), []);
  });

  it("exits with 1 if the stack has no key", async () => {
    const { code, stderr } = await probe("probe@seeds.example.com", "test", { MAILMODO_API_KEY: "" });
    assert.equal(code, 1);
    assert.match(stderr, /^Missing mailmodo:apiKey\./);
  });

  it("exits with 1 if the stack's secrets cannot be read", async () => {
    await project().succeed("config", "set", "--secret", "mailmodo:apiKey", "TESTKEY-0000000-0000000-0000002");
    const { code, stderr } = await probe("probe@seeds.example.com", "test", { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    assert.equal(code, 1);
    assert.match(stderr, /^Could not read the config of the stack test: /);
    assert.deepEqual(project().requests(), []);
  });
});
