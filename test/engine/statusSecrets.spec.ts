import assert from "node:assert/strict";
import { useProject } from "../support/project";
import { UP } from "../support/pulumiArgs";
import { ADA, NO_CLI, passphraseOf, status } from "../support/status";

describe("pulumi-mailmodo status", () => {
  describe("of a stack whose addresses are secret", () => {
    const project = useProject(
      ADA.replace(`"ada@seeds.example.com"`, `pulumi.secret("ada@seeds.example.com")`),
      {},
      "suite",
    );
    before(() => project().succeed(...UP));

    it("shows them with the passphrase", async () => {
      const { code, stdout } = await status(project(), [], passphraseOf(project()));
      assert.equal(code, 0);
      assert.match(stdout, /^ {4}a\*\*\*@seeds\.example\.com {2}started /m);
    });

    it("says without it how many are hidden and why, in one line, and exits with 1", async () => {
      const { code, stdout } = await status(project());
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^ {2}Encrypted, so not shown: 1 enrollment\. Could not read the state of .*passphrase.*\.$/m,
      );
      assert.ok(!stdout.includes("ada"));
    });
  });

  describe("of a stack whose abort reason is secret", () => {
    const project = useProject(ADA.replace("journeyId,", `journeyId, abortReason: pulumi.secret("over"),`));

    it("shows what it enrolls, without the passphrase", async () => {
      await project().succeed(...UP);
      const { code, stdout } = await status(project(), [], NO_CLI);
      assert.equal(code, 0);
      assert.match(stdout, /^ {4}a\*\*\*@seeds\.example\.com {2}started /m);
    });
  });
});
