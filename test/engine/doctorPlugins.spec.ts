import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../tools/workbench";
import { doctor } from "../support/doctor";
import { useProject } from "../support/project";

describe("pulumi-mailmodo doctor looks at the CLI's plugins:", () => {
  const project = useProject("");

  /** A copy of the CLI and its plugins in a folder of its own, on a PATH that has no other. */
  function copyCli(without?: string): { bin: string; env: { PATH: string } } {
    const bin = path.join(project().dir, "../copy");
    fs.mkdirSync(bin);
    const [from = ""] = project().env["PATH"]!.split(path.delimiter);
    for (const name of fs.readdirSync(from).filter((one) => /^(pulumi|nodejs-host)/.test(one) && one !== without))
      fs.copyFileSync(path.join(from, name), path.join(bin, name), fs.constants.COPYFILE_FICLONE);
    return { bin, env: { PATH: [bin, path.dirname(process.execPath), "/usr/bin", "/bin"].join(path.delimiter) } };
  }

  for (const [missing, program] of [
    ["pulumi-language-nodejs", ""],
    ["pulumi-resource-pulumi-nodejs", `new JourneyEnrollment("qa", { journeyId, email: "qa@seeds.example.com" });`],
  ] as const) {
    it(`fails without ${missing}, without which no run works`, async () => {
      project().program(program);
      const { env, bin } = copyCli(missing);
      const { code, line } = await doctor(project(), env, "--offline");
      assert.equal(code, 1);
      assert.match(
        line("Pulumi plugins"),
        new RegExp(
          `^failure: ${missing} is neither on PATH nor beside \\S+/pulumi, so neither a preview nor an up works\\. Install the whole`,
        ),
      );
      const preview = await run(path.join(bin, "pulumi"), ["preview", "--non-interactive"], project().dir, {
        ...project().env,
        ...env,
      });
      assert.notEqual(preview.code, 0);
      assert.match(preview.output, new RegExp(`no \\w+ plugin '${missing}`));
    });
  }

  it("needs another plugin for a program in Bun, and not that of Node.js", async () => {
    const { env, bin } = copyCli("pulumi-language-nodejs");
    fs.writeFileSync(path.join(project().dir, "Pulumi.yaml"), "name: seeds\nruntime: bun\n");
    const missing = await doctor(project(), env, "--offline");
    assert.equal(missing.code, 1);
    assert.match(
      missing.line("Pulumi plugins"),
      /^failure: pulumi-language-bun is neither on PATH nor beside \S+\/pulumi, so neither a preview nor an up works\./,
    );
    fs.writeFileSync(path.join(bin, "pulumi-language-bun"), "#!/bin/sh\n", { mode: 0o755 });
    const found = await doctor(project(), env, "--offline");
    assert.equal(found.line("Pulumi plugins"), "ok: Found: pulumi-language-bun, pulumi-resource-pulumi-nodejs.");
    assert.match(found.line("program"), /^ok: bun, in /);
  });

  it("finds its plugins where only a link to it is on PATH", async () => {
    const { env, bin } = copyCli();
    const links = path.join(project().dir, "../links");
    fs.mkdirSync(links);
    fs.symlinkSync(path.join(bin, "pulumi"), path.join(links, "pulumi"));
    const { line } = await doctor(project(), { PATH: env.PATH.replace(bin, links) }, "--offline");
    assert.equal(line("Pulumi plugins"), "ok: Found: pulumi-language-nodejs, pulumi-resource-pulumi-nodejs.");
  });

  it("warns where a script starts it from elsewhere, and its plugins are not seen", async () => {
    const { env, bin } = copyCli();
    const shims = path.join(project().dir, "../shims");
    fs.mkdirSync(shims);
    fs.writeFileSync(path.join(shims, "pulumi"), `#!/bin/sh\nexec ${bin}/pulumi "$@"\n`, { mode: 0o755 });
    const { code, of } = await doctor(project(), { PATH: env.PATH.replace(bin, shims) }, "--offline");
    assert.equal(code, 0);
    assert.match(
      of("Pulumi plugins")[0]!.text,
      /^pulumi-language-nodejs is not on PATH, and \S+\/shims\/pulumi seems to start the CLI from elsewhere\.$/,
    );
  });
});
