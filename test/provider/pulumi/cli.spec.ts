// The CLI is a script here; test/engine runs the real one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Cli } from "../../../provider/pulumi/cli";
import { run } from "../../../tools/workbench";
import { replaceCli } from "../../support/replaceCli";
import { useTemporaryFolder } from "../../support/temporaryFolder";

const BUILT = path.join(__dirname, "../../../provider/dist/pulumi/cli.js");
/** More than Node.js allows of one event before it warns, into Pulumi's output. */
const MANY = 12;

describe("many runs of the CLI at a time", () => {
  const root = useTemporaryFolder();
  const replaced = (script: string) => replaceCli({ dir: path.join(root(), "project") }, script);

  it("share one listener for the process's exit, which goes with the last of them", async () => {
    const cli = new Cli(root(), replaced("exit 0"));
    const before = process.listenerCount("exit");
    const runs = Array.from({ length: MANY }, () => cli.run(["version"]));
    assert.equal(process.listenerCount("exit"), before + 1);
    await Promise.all(runs);
    assert.equal(process.listenerCount("exit"), before);
  });

  it("are ended by it", async () => {
    const names = ["one", "two"];
    const pipe = (name: string) => path.join(root(), name);
    for (const name of names) execFileSync("mkfifo", [pipe(name)]);
    const env = replaced('trap "echo ended > $1; exit" TERM\necho ready\nwhile :; do sleep 0.05; done');
    const program = `
      const cli = new (require(${JSON.stringify(BUILT)}).Cli)(${JSON.stringify(root())}, process.env);
      let ready = 0;
      for (const name of ${JSON.stringify(names)}) void cli.run([name], { onLine: () => ++ready === 2 && process.exit(0) });`;
    const ended = Promise.all(names.map((name) => fs.promises.readFile(pipe(name), "utf8")));
    const { code, output } = await run(process.execPath, ["-e", program], root(), { ...process.env, ...env });
    assert.equal(code, 0, output);
    assert.deepEqual(await ended, ["ended\n", "ended\n"]);
  });
});
