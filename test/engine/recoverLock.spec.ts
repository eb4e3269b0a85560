import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { doctor } from "../support/doctor";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { ADA, stateFolder, status } from "../support/status";

// One story, in order.
describe("a lock file that a kill or a power cut has left damaged", () => {
  const project = useProject(ADA, {}, "suite");
  const folder = () => path.join(stateFolder(project()), ".pulumi/locks/organization/seeds/test");
  const write = (text: string) => {
    fs.mkdirSync(folder(), { recursive: true });
    fs.writeFileSync(path.join(folder(), "1.json"), text);
  };
  before(() => project().succeed(...UP));

  for (const text of [
    "",
    '{"pid":0,"username":"ann","hostname":"vm","timestamp":"2026-11-28T02:00:00Z"}',
    '{"pid":"7"}',
  ]) {
    it(`keeps recover out, which says so as doctor and status do: ${text || "empty"}`, async () => {
      write(text);
      await project().fail(...DESTROY);
      const { code, output } = await recoverByCli(project());
      assert.equal(code, 1);
      assert.match(
        output,
        /^The stack test is locked by an unknown run: its lock file is damaged, .* run this again with --run-is-over\.\n$/,
      );
      const { line } = await doctor(project(), {}, "--offline");
      assert.match(
        line("lock"),
        /^failure: Held by an unknown run \(its lock file is damaged\), since .* or, if none is: npx pulumi-mailmodo recover --stack test --run-is-over\.$/,
      );
      const { stdout } = await status(project());
      assert.match(
        stdout,
        /^ {2}Locked by an unknown run \(its lock file is damaged\), .* ago\. Whether that run has ended/m,
      );
      assert.match(stdout, /^ {2}If no run is in progress any more: npx pulumi-mailmodo recover --stack test\.$/m);
    });

    it(`is freed once a person says that the run is over, beside another one: ${text || "empty"}`, async () => {
      const whole = { pid: 7, username: "ci", hostname: "runner-7", timestamp: "2026-11-28T02:00:00Z" };
      fs.writeFileSync(path.join(folder(), "2.json"), JSON.stringify(whole));
      const { code, output } = await recoverByCli(project(), "--run-is-over");
      assert.equal(code, 0, output);
      assert.match(
        output,
        /^Freed the lock of a run that has ended \(which its damaged file did not name, pid 7\)\.\n.*is recovered\./,
      );
      assert.deepEqual(fs.readdirSync(folder()), []);
    });
  }

  it("leaves nothing behind: the stack is destroyed as usual", async () => {
    await project().succeed(...DESTROY);
    assert.deepEqual(project().sandbox.running(), []);
  });
});
