import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../tools/workbench";

for (const name of ["moto", "schemathesis"])
  describe(`The installation of ${name}`, () => {
    const folder = path.resolve(__dirname, "../../tools", name);
    const requirements = fs
      .readFileSync(path.join(folder, "requirements.txt"), "utf8")
      .replace(/^#.*\n/gm, "")
      .replaceAll("\\\n", " ")
      .trim()
      .split("\n");

    it("has each package at one version, with a hash at least", () => {
      for (const requirement of requirements) {
        assert.match(requirement, /^[a-z0-9.-]+==[\w.]+( ; [\w<>=!'". ]+)?( +--hash=sha256:[0-9a-f]{64})+$/);
      }
      assert.ok(requirements.some((requirement) => requirement.startsWith(`${name}==`)));
    });

    it("takes only packages that have one of these hashes, and runs no code of theirs", async () => {
      const dir = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-tool-"));
      try {
        // A Python that makes an environment whose own Python only says what it was called with.
        const pip = `#!/bin/sh\necho "$@" > ${dir}/pip\n`;
        const python = `#!/bin/sh\nmkdir -p "$3/bin"\ncat > "$3/bin/python" <<'END'\n${pip}END\nchmod +x "$3/bin/python"\n`;
        fs.writeFileSync(path.join(dir, "python3"), python, { mode: 0o755 });
        const env = { ...process.env, PATH: `${dir}:${process.env["PATH"]}`, XDG_CACHE_HOME: path.join(dir, "cache") };
        const tool = ["-r", "ts-node/register/transpile-only", path.join(folder, `${name}.ts`)];
        const { code, output } = await run(process.execPath, tool, path.dirname(folder), env);
        assert.equal(code, 0, output);

        const args = fs.readFileSync(path.join(dir, "pip"), "utf8");
        assert.match(
          args,
          /^-m pip install .*--require-hashes --only-binary :all: --requirement .*requirements\.txt\n$/,
        );
      } finally {
        fs.rmSync(dir, { recursive: true, force: true });
      }
    });
  });
