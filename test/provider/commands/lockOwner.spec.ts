import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { inNamespaces } from "../../support/namespaces";

describe("the owner of a lock", () => {
  it("is undecided without /proc, although the lock is on this machine's own disk", function () {
    if (process.platform !== "linux") this.skip();
    const url = pathToFileURL(__filename).href;
    const lock = { owner: "ann", host: os.hostname(), pid: process.pid, at: Date.now(), url };
    const module = path.join(__dirname, "../../../provider/dist/commands/lockOwner.js");
    const script = `console.log(require(${JSON.stringify(module)}).livenessOfOwner(${JSON.stringify(lock)}, []))`;
    const command = ["sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh", process.execPath, "-e", script];
    const [program, ...args] = inNamespaces(["mount"], command);
    const { stdout, stderr } = spawnSync(program!, args, { encoding: "utf8" });
    assert.equal(stdout, "undecided\n", stderr);
  });
});
