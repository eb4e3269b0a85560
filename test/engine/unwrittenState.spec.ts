import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";
import { DESTROY, UP } from "../support/pulumiArgs";
import { useProject } from "../support/project";

// That the engine lives to the end of a run does not mean that it could write what the run did.
describe("a start whose engine could not write the state", () => {
  const project = useProject(`
    const names = process.env.NAMES.split(",");
    new JourneyCohort("smoke", { journeyId, shards: 1, contacts: names.map((name) => ({ email: name + "@seeds.example.com" })) });
  `);
  const running = () => project().sandbox.running().sort();
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;

  /** Lets the state be read-only from the first start of the run on. */
  async function upUnwritten(): Promise<void> {
    await project().pulumiWith({ NAMES: "ada" }, ...UP);
    const states = path.join(project().dir, "../state/.pulumi/stacks");
    project().sandbox.faults.add({ kind: "delay", delayMs: 300, on: "start" });
    const asked = requestNumber(project(), 1);
    const run = project().pulumiWith({ NAMES: "ada,bob" }, ...UP);
    await asked;
    execFileSync("mount", ["--bind", states, states]);
    try {
      execFileSync("mount", ["-o", "remount,ro,bind", states]);
      const { code, output } = await run;
      assert.notEqual(code, 0);
      assert.match(output, /failed to save snapshot/);
    } finally {
      execFileSync("umount", ["-l", states]);
    }
    project().sandbox.faults.clear();
    assert.deepEqual(running(), ["ada@seeds.example.com", "bob@seeds.example.com"]);
  }

  // The engine tries to write for a minute before it gives up.
  it("is found by recover after a destroy that does not know of it", async function () {
    // Only root can make a folder read-only for root.
    if (!isRoot) this.skip();
    await upUnwritten();
    await project().succeed(...DESTROY);
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.deepEqual(running(), []);
  });
});
