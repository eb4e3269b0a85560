import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findActionlint, lintWorkflows } from "../../tools/actionlint/actionlint";

describe("lintWorkflows", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "actionlint-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  it("says where and what in actionlint's words", async function () {
    this.timeout(300_000); // The first time it is built.
    const file = path.join(dir, "bad.yml");
    fs.writeFileSync(
      file,
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.head_ref }}\n",
    );
    await assert.rejects(lintWorkflows([file]), /bad\.yml:6:\d+: "github\.head_ref" is potentially untrusted/);
  });

  it("says in one line what to install where there is no Go, and leaves nothing", async () => {
    await assert.rejects(
      findActionlint({ PATH: dir, XDG_CACHE_HOME: dir }, () => undefined),
      {
        message:
          "Could not build actionlint: spawn go ENOENT. " +
          "Install Go 1.26 or later, see that its module proxy answers, and run it again.",
      },
    );
    assert.deepEqual(fs.readdirSync(path.join(dir, "pulumi-mailmodo")), []);
  });
});
