// The CLI is a script here that knows no stack; test/engine runs the real one.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../../../tools/workbench";
import { COMMAND } from "../../../support/command";
import { replaceCli } from "../../../support/replaceCli";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

describe("the --summary of previews", () => {
  const root = useTemporaryFolder();
  const file = (...names: string[]) => path.join(root(), ...names);

  /** Runs `previews list`. @param script What the CLI does. */
  function list(summary: string, script: string) {
    const dir = file("project");
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, "Pulumi.yaml"), "name: seeds\nruntime: nodejs\n");
    const env = { ...process.env, ...replaceCli({ dir }, `echo "$*" >> "${file("asked")}"\n${script}`) };
    return run(process.execPath, [COMMAND, "previews", "list", "--summary", summary], dir, env);
  }

  it("is refused in one line before any work where it cannot be written", async () => {
    const { code, stdout, stderr } = await list("/nonexistent/x.md", "echo '[]'");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(
      stderr,
      "Could not write the summary /nonexistent/x.md (ENOENT). Name a file that you can write to: --summary <file>.\n",
    );
    assert.equal(fs.existsSync(file("asked")), false);
  });

  it("is appended to the file", async () => {
    fs.writeFileSync(file("summary.md"), "before\n");
    const { code } = await list(file("summary.md"), "echo '[]'");
    assert.equal(code, 0);
    assert.equal(fs.readFileSync(file("summary.md"), "utf8"), "before\n### No previews\n\n");
  });

  describe("that cannot be written after the work", () => {
    const summary = () => file("reports/summary.md");
    beforeEach(() => fs.mkdirSync(file("reports")));
    /** The folder of the file goes during the work. */
    const listWithout = (script: string) =>
      list(
        summary(),
        `rm -r "${file("reports")}"
${script}`,
      );
    const words = () =>
      `Could not write the summary ${summary()} (ENOENT). Name a file that you can write to: --summary <file>.
`;

    it("costs the exit code, and not the result", async () => {
      const { code, stdout, stderr } = await listWithout("echo '[]'");
      assert.deepEqual([code, stdout, stderr], [1, "No previews\n", words()]);
    });

    it("does not cost the reason of a failure", async () => {
      const { code, stdout, stderr } = await listWithout("echo 'error: no access' >&2; exit 255");
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(stderr, `Could not list the stacks of the backend: no access.\n${words()}`);
    });
  });
});
