import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { doctor } from "../support/doctor";
import { useProject } from "../support/project";

describe("pulumi-mailmodo doctor looks at the packages:", () => {
  const project = useProject("");
  const packages = () => path.join(project().dir, "node_modules");

  it("fails where Pulumi's plugin would not find this one, as in a pnpm workspace that names it in a library alone", async () => {
    const library = path.join(packages(), "@acme/seeds/node_modules");
    fs.mkdirSync(library, { recursive: true });
    fs.renameSync(path.join(packages(), "pulumi-mailmodo"), path.join(library, "pulumi-mailmodo"));
    // As pnpm starts a package's command.
    const { code, line } = await doctor(project(), { NODE_PATH: library }, "--offline");
    assert.equal(code, 1);
    assert.match(
      line("package"),
      /^failure: Pulumi's plugin would not find pulumi-mailmodo from the program's folder \S+\. Add it to the dependencies/,
    );
  });

  it("finds it where a workspace has it in the root's node_modules", async () => {
    const { dir } = project();
    const files = ["Pulumi.yaml", "Pulumi.test.yaml", "package.json", "index.js"];
    fs.mkdirSync(path.join(dir, "packages/program"), { recursive: true });
    for (const name of files) fs.renameSync(path.join(dir, name), path.join(dir, "packages/program", name));
    const { line } = await doctor(project(), {}, "--offline", "--cwd", "packages/program");
    assert.match(line("package"), /^ok: pulumi-mailmodo \d+\.\d+\.\d+ is found from the program's folder\.$/);
  });

  it("fails where it is there, but is not built", async () => {
    const folder = path.join(packages(), "pulumi-mailmodo");
    const manifest = fs.readFileSync(path.join(folder, "package.json"));
    fs.rmSync(folder);
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "package.json"), manifest);
    const { line } = await doctor(project(), {}, "--offline");
    assert.match(line("package"), /^failure: Pulumi's plugin would not find pulumi-mailmodo/);
  });

  it("warns where the program has another version of it than the command's", async () => {
    const folder = path.join(packages(), "pulumi-mailmodo");
    fs.rmSync(folder);
    fs.mkdirSync(folder);
    const exports = { "./enrollmentLifecycle": "./index.js", "./package.json": "./package.json" };
    fs.writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "pulumi-mailmodo", version: "0.0.1", exports }),
    );
    fs.writeFileSync(path.join(folder, "index.js"), "");
    const { code, line } = await doctor(project(), {}, "--offline");
    assert.equal(code, 0);
    assert.match(
      line("package"),
      /^warning: The program's folder has pulumi-mailmodo 0\.0\.1, and this command is of /,
    );
  });

  it("fails without the SDK, and with one that is too old", async () => {
    const folder = path.join(packages(), "@pulumi/pulumi");
    fs.rmSync(folder);
    assert.match(
      (await doctor(project(), {}, "--offline")).line("Pulumi SDK"),
      /^failure: The program's folder \S+ has no Pulumi SDK\. Install it .*npm install @pulumi\/pulumi\.$/,
    );
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "package.json"), `{"version":"3.100.0"}`);
    assert.match(
      (await doctor(project(), {}, "--offline")).line("Pulumi SDK"),
      /^failure: 3\.100\.0 is not supported: \^3\.\d+\.\d+ is\. Install it/,
    );
  });
});
