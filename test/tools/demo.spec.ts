import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../tools/workbench";

describe("npm run demo", () => {
  it("shows each step, ends with 0, and leaves nothing behind", async () => {
    const repository = path.join(__dirname, "../..");
    const tmp = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));
    const status = () => run("git", ["status", "--porcelain"], repository, process.env);
    const before = (await status()).stdout;
    try {
      const { code, output } = await run("npm", ["run", "demo"], repository, {
        ...process.env,
        TMPDIR: tmp,
      });
      assert.equal(code, 0, output);
      for (const what of ["pulumi up, again", "no request was made", "pulumi destroy", "the demo is over"]) {
        assert.ok(output.includes(what), output);
      }
      assert.match(output, /Each step held/);
      assert.deepEqual(fs.readdirSync(tmp), []);
      assert.equal((await status()).stdout, before);
    } finally {
      fs.rmSync(tmp, { recursive: true, force: true });
    }
  });
});
