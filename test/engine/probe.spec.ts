import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { defaultProfile } from "mailmodo-sandbox";
import { run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { journeyId } from "../support/journeyId";
import { useProject } from "../support/project";

describe("probe with the settings of a stack", function () {
  this.timeout(120_000);
  const project = useProject("");
  const probe = (email: string) => {
    const args = ["--stack", "test", "--cwd", project().dir, "--journey", journeyId, "--email", email];
    return run(process.execPath, [COMMAND, "probe", "--yes", ...args], project().dir, project().env);
  };

  it("asks the stack's URL, and takes its phrases for already over", async () => {
    const { sandbox, dir } = project();
    sandbox.useProfile({ ...defaultProfile, abortEnded: { status: 400, message: "It has left the flow" } });
    const file = path.join(dir, "Pulumi.test.yaml");
    const phrases = `config:\n  mailmodo:alreadyOver:\n    - has left the flow\n`;
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("config:\n", phrases));
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
});
