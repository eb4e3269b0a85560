import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../../tools/workbench";
import { COMMAND } from "../../support/command";

describe("the command's compile cache", () => {
  let home: string;
  beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-home-"))));
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  /** Runs a command that fails as soon as it has loaded what it needs. */
  const list = (env: Record<string, string> = {}) =>
    run(process.execPath, [COMMAND, "previews", "list", "--cwd", home], home, {
      ...process.env,
      NODE_COMPILE_CACHE: undefined,
      PULUMI_HOME: path.join(home, "pulumi"),
      ...env,
    });

  it("is in Pulumi's home", async () => {
    await list();
    assert.deepEqual(fs.readdirSync(path.join(home, "pulumi")), ["mailmodo-compile-cache"]);
  });

  it("is where the user has it", async () => {
    await list({ NODE_COMPILE_CACHE: path.join(home, "own") });
    assert.deepEqual(fs.readdirSync(home), ["own"]);
  });

  it("is nowhere where the user wants none", async () => {
    await list({ NODE_DISABLE_COMPILE_CACHE: "1" });
    assert.deepEqual(fs.readdirSync(home), []);
  });
});
