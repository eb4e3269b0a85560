import assert from "node:assert/strict";
import { once } from "node:events";
import type { Run } from "../../tools/workbench";
import { useProject } from "../support/project";
import { UP } from "../support/pulumiArgs";
import { ADA, status } from "../support/status";

describe("pulumi-mailmodo status", () => {
  describe("of a stack that is being updated, and whose run is then killed", () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const project = useProject(ADA, { sleep: () => held }, "suite");
    let running: Run;
    let killed: Run;
    before(async () => {
      project().sandbox.faults.add({ kind: "delay", delayMs: 50 });
      const asked = once(project().sandbox.app.server, "request");
      const cli = project().start({}, ...UP);
      const ended = once(cli, "exit");
      await asked;
      running = await status(project());
      cli.kill("SIGKILL");
      await ended;
      killed = await status(project());
    });
    after(() => release());

    it("shows the start that is in progress, and whose run it is", () => {
      assert.equal(running.code, 0, running.output);
      assert.match(running.stdout, /^ {2}A run is in progress: \S+@\S+ \(pid \d+\), \S+ ago\.$/m);
      assert.match(running.stdout, /^ {4}a\*\*\*@seeds\.example\.com {2}in progress {2}\S+ ago +ada$/m);
      assert.doesNotMatch(running.stdout, /recover/);
    });

    it("shows it as pending once the run is dead, the notes, and what to do", () => {
      assert.equal(killed.code, 0, killed.output);
      assert.match(killed.stdout, /^ {2}Locked by a run that has ended: \S+@\S+ \(pid \d+\), \S+ ago\.$/m);
      assert.match(killed.stdout, /^ {2}A run that has ended left notes of 1 call on this machine, \S+ ago\.$/m);
      assert.match(
        killed.stdout,
        /^ {2}A run was killed or failed\. Next: npx pulumi-mailmodo recover --stack test\.$/m,
      );
      assert.match(killed.stdout, /Total: 1 contact in 1 stack \(1 pending\)\.\n$/);
    });
  });
});
