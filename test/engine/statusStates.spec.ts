import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { StatusView } from "../../provider/commands/status/view";
import { enrollment, stateOf, writeStack } from "../support/handmadeStates";
import { useProject } from "../support/project";
import { NO_CLI, passphraseOf, stateFolder, status } from "../support/status";

describe("pulumi-mailmodo status", () => {
  describe("of states that other versions wrote", () => {
    const project = useProject("");
    const kept = path.join(__dirname, "../fixtures/state-0.1.0.json");

    it("shows what 0.1.0 enrolled", async () => {
      await project().succeed("stack", "import", "--file", kept);
      const { stdout } = await status(project(), [], passphraseOf(project()));
      assert.match(stdout, /l\*\*\*@seeds\.example\.com {2}unconfirmed {2}\S+ ago {2,}lost$/m);
      assert.match(stdout, /Total: 3 contacts in 1 stack \(2 started, 1 unconfirmed\)\.\n$/);
    });

    it("shows those in a backend of an old kind, whose stacks have no project", async () => {
      const old = path.join(project().dir, "../old");
      fs.mkdirSync(old);
      const env = {
        PULUMI_BACKEND_URL: `file://${old}`,
        PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "true",
        PULUMI_DIY_BACKEND_IGNORE_DEPRECATION_ERROR: "1",
      };
      for (const args of [
        ["stack", "init", "test", "--no-select"],
        ["stack", "import", "--stack", "test", "--file", kept],
      ]) {
        const { code, output } = await project().pulumiWith(env, ...args);
        assert.equal(code, 0, output);
      }
      assert.ok(fs.existsSync(path.join(old, ".pulumi/stacks/test.json")));
      const { stdout } = await status(project(), [], { ...env, ...NO_CLI });
      assert.match(stdout, /^Stack seeds\/test$/m);

      const file = path.join(project().dir, "Pulumi.yaml");
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("seeds", "shop"));
      assert.match((await status(project(), [], { ...env, ...NO_CLI })).stdout, /Total: 0 contacts in 0 stacks\.\n$/);
    });
  });

  describe("of a hundred stacks with a hundred contacts each", () => {
    const project = useProject("");

    it("shows all of them, sorted the same each time, without a run of the CLI", async () => {
      for (let nth = 0; nth < 100; nth++) {
        const contacts = Array.from({ length: 100 }, (_, i) =>
          enrollment(`qa-${i}`, `qa${i}.${nth}@seeds.example.com`),
        );
        writeStack(stateFolder(project()), `seeds/stack-${nth}`, stateOf(contacts));
      }
      const [first, second] = [
        await status(project(), ["--json"], NO_CLI),
        await status(project(), ["--json"], NO_CLI),
      ];
      assert.equal(first.code, 0, first.stderr);
      assert.equal(first.stdout, second.stdout);
      const { totals, stacks } = JSON.parse(first.stdout) as StatusView;
      assert.equal(totals.started, 10_000);
      const names = stacks.map(({ name }) => name);
      assert.deepEqual(names, [...names].sort());
    });
  });
});
