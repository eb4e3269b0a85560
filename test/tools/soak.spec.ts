import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { soakOf } from "../../tools/soak";
import { run } from "../../tools/workbench";
import { useTemporaryFolder } from "../support/temporaryFolder";

const repository = path.join(__dirname, "../..");

describe("npm run test:soak", () => {
  const folder = useTemporaryFolder();
  const write = (content: string) => {
    fs.writeFileSync(path.join(folder(), "profile.json"), content);
    return "profile.json";
  };
  const node = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, ["-r", "ts-node/register/transpile-only", ...args], repository, {
      ...process.env,
      INIT_CWD: folder(),
      ...env,
    });
  const soak = (...args: string[]) => node(["tools/soak.ts", ...args]);

  const wrong: [what: string, content: string | undefined, says: RegExp][] = [
    ["that does not exist", undefined, /^Could not read the profile in \S+profile\.json: there is no such file\.$/],
    ["that is not JSON", "{ wrongKey", /^Could not read the profile in \S+profile\.json: .*JSON.*\.$/],
    ["that is no profile", '{"wrongkey": 1}', /^\S+profile\.json: The profile has an unknown field "wrongkey"; /],
    ["with a status that is none", '{"start": {"status": 999, "text": ""}}', /: start\.status must be a whole number/],
  ];
  for (const [what, content, says] of wrong) {
    it(`runs nothing, says why in one line, and exits with 1, for a file ${what}`, async () => {
      if (content !== undefined) write(content);
      const { code, stdout, stderr } = await soak("--profile-file", "profile.json");
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr.trimEnd(), says);
      assert.equal(stderr.trim().split("\n").length, 1);
    });
  }

  it("exits with 1 for an option that is none", async () => {
    const { code, stderr } = await soak("--profile", "profile.json");
    assert.equal(code, 1);
    assert.match(stderr, /^error: unknown option '--profile'/);
  });

  it("runs the matrices, the sequences and the kills without a file", () => {
    const { specs, env } = soakOf(undefined, folder());
    assert.deepEqual(env, {});
    assert.deepEqual(specs, [
      "test/**/*[mM]atrix.spec.ts",
      "test/provider/sequences.spec.ts",
      "test/engine/kills.spec.ts",
    ]);
  });

  it("runs the matrices alone, under the profile of the file alone", async () => {
    const { specs, env } = soakOf(write('{"wrongKey": {"status": 401, "message": "No"}}'), folder());
    assert.deepEqual(specs, ["test/**/*[mM]atrix.spec.ts"]);
    assert.deepEqual(env, { PROFILE_FILE: path.join(folder(), "profile.json") });
    const mocha = require.resolve("mocha/bin/mocha.js");
    const matrix = "test/provider/plugin/enrollmentFaultMatrix.spec.ts";
    const { code, output } = await node([mocha, "--dry-run", "--reporter", "spec", matrix], { ...env, MATRIX: "full" });
    assert.equal(code, 0, output);
    assert.deepEqual(
      [...output.matchAll(/profile ([\w -]+), \d+ lives/g)].map(([, name]) => name),
      ["of the file"],
    );
  });
});
