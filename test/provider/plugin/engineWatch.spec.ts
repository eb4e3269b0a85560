import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { serve } from "../../support/server";

const WATCH = path.join(__dirname, "../../../provider/dist/plugin/engineWatch.js");

describe("a plugin at the end of a run", () => {
  it("ends normally, and says nothing, although its last step fails", async () => {
    const engine = await serve(() => undefined);
    const code = `
      process.argv.splice(1, Infinity, "/@pulumi/pulumi/cmd/dynamic-provider", ${JSON.stringify(new URL(engine.url).host)});
      const { EngineWatch } = require(${JSON.stringify(WATCH)});
      new EngineWatch().shutDownGracefully({
        first: () => console.log("first"),
        last: async () => { console.log("last"); throw new Error("permission denied"); },
      });
      process.kill(process.pid, "SIGTERM");
      setInterval(() => {}, 1000);`;
    const ended = promisify(execFile)(process.execPath, ["-e", code]);
    const { stdout, stderr } = await ended.finally(() => engine.close());
    assert.deepEqual([stdout, stderr], ["first\nlast\n", ""]);
  });
});
