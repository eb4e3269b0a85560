import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { unlock } from "../../../../provider/commands/recover/unlockedStack";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

describe("the stack to recover", () => {
  const root = useTemporaryFolder();

  it("is not one of another project than the folder's, and nothing is done for it", async () => {
    fs.writeFileSync(path.join(root(), "Pulumi.yaml"), "name: seeds\n");
    // Without a CLI: what asks it would fail in other words.
    const options = { stack: "acme/shop/dev", cwd: root(), env: { PATH: "/nonexistent" } };
    await assert.rejects(
      unlock(options),
      new Error(
        `The stack acme/shop/dev is not of the project seeds in ${fs.realpathSync(root())}. Name the folder of the project shop: --cwd <folder>.`,
      ),
    );
  });
});
