import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { assertOfProject, ownSettings, readableProject, readProject } from "../../../provider/pulumi/project";

describe("readProject", () => {
  let dir: string;
  beforeEach(() => (dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-project-")))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), text);
  };

  it("reads the name and the place of the settings", () => {
    write("Pulumi.yaml", "name: seeds\nruntime: nodejs\n");
    assert.deepEqual(readProject(dir), { folder: dir, name: "seeds", settingsFolder: dir });
  });

  const elsewhere: [what: string, name: string, text: string][] = [
    ["stackConfigDir", "Pulumi.yaml", "name: seeds\nstackConfigDir: config/stacks\nbackend: { url: file://state }\n"],
    ["its older name", "Pulumi.yml", "name: seeds\nconfig: config/stacks\nbackend:\n  url: file://state\n"],
    ["JSON", "Pulumi.json", '{"name":"seeds","stackConfigDir":"config/stacks","backend":{"url":"file://state"}}'],
  ];
  for (const [what, name, text] of elsewhere) {
    it(`reads another place of the settings, and the backend (${what})`, () => {
      write(name, text);
      const settingsFolder = path.join(dir, "config/stacks");
      const project = readProject(dir);
      assert.equal(project.settingsFolder, settingsFolder);
      assert.equal(project.backend, "file://state");
      const own = `Pulumi.dev${path.extname(name)}`;
      write(`config/stacks/${own}`, "");
      assert.equal(ownSettings(project, "dev"), path.join(settingsFolder, own));
      assert.equal(ownSettings(project, "de"), undefined);
    });
  }

  it("finds settings only where the CLI does: with the project file's ending, in one folder", () => {
    write("Pulumi.json", '{"name":"seeds","stackConfigDir":"stacks"}');
    for (const file of ["Pulumi.dev.json", "stacks/Pulumi.dev.yaml", "stacks/Pulumi.dev.yml"]) write(file, "");
    assert.equal(ownSettings(readProject(dir), "dev"), undefined);
    write("stacks/Pulumi.a-dev.json", "{}");
    assert.equal(ownSettings(readProject(dir), "a/dev"), path.join(dir, "stacks/Pulumi.a-dev.json"));
  });

  it("takes the file that the CLI takes: JSON first, then yaml, then yml, and no folder", () => {
    write("Pulumi.yml", "name: yml\n");
    assert.equal(readProject(dir).name, "yml");
    write("Pulumi.yaml", "name: yaml\n");
    assert.equal(readProject(dir).name, "yaml");
    fs.mkdirSync(path.join(dir, "Pulumi.json"));
    assert.equal(readProject(dir).name, "yaml");
    fs.rmdirSync(path.join(dir, "Pulumi.json"));
    write("Pulumi.json", '{"name":"json"}');
    assert.equal(readProject(dir).name, "json");
  });

  it("finds the project of a folder below it", () => {
    write("Pulumi.yaml", "name: seeds\nstackConfigDir: stacks\n");
    write("src/deep/index.ts", "");
    const folder = path.join(dir, "src/deep");
    assert.deepEqual(readProject(folder), { folder, name: "seeds", settingsFolder: path.join(dir, "stacks") });
  });

  for (const text of ["name: seeds\nbackend:\nconfig:\nstackConfigDir:\n", "name: seeds\nbackend: {}\nconfig: {}\n"]) {
    it(`takes fields without a value for missing ones: ${JSON.stringify(text)}`, () => {
      write("Pulumi.yaml", text);
      const { settingsFolder, backend } = readProject(dir);
      assert.deepEqual([settingsFolder, backend], [dir, undefined]);
    });
  }

  for (const text of ["runtime: nodejs\n", "name:\n", 'name: ""\n', "name: 7\n", "# only\n", ""]) {
    it(`refuses a project without a name: ${JSON.stringify(text)}`, () => {
      write("Pulumi.yaml", text);
      assert.throws(() => readProject(dir), new Error("Could not read Pulumi.yaml: the project has no name."));
    });
  }

  it("takes defaults of the program's config for what they are", () => {
    write("Pulumi.yaml", "name: seeds\nconfig:\n  seeds:program: preview\n");
    assert.equal(readProject(dir).settingsFolder, dir);
  });

  it("refuses a folder without a project", () => {
    assert.throws(() => readProject(dir), /^Error: No Pulumi project in .*: there is no Pulumi\.yaml\./);
  });

  it("refuses a file that is not YAML, in one line", () => {
    write("Pulumi.yaml", "name: [seeds\nruntime: {");
    assert.throws(() => readProject(dir), /^Error: Could not read Pulumi\.yaml: [^\n]*$/);
  });

  it("is none where only the CLI can read the file, or there is none, for what the CLI does anyway", () => {
    assert.equal(readableProject(dir), undefined);
    write("Pulumi.yaml", "name: seeds\nconfig:\n  seeds:a: {\n  value: 1\n}\n");
    assert.equal(readableProject(dir), undefined);
    write("Pulumi.yaml", "name: seeds\n");
    assert.equal(readableProject(dir)?.name, "seeds");
  });

  it("is that of a stack unless the stack's name has another project", () => {
    write("Pulumi.yaml", "name: seeds\n");
    for (const name of ["dev", "acme/dev", "acme/seeds/dev"]) assertOfProject(name, dir);
    assert.throws(
      () => assertOfProject("acme/shop/dev", dir),
      new Error(
        `The stack acme/shop/dev is not of the project seeds in ${dir}. Name the folder of the project shop: --cwd <folder>.`,
      ),
    );
    write("Pulumi.yaml", "name: {");
    assertOfProject("acme/shop/dev", dir);
  });

  it("refuses a file without fields", () => {
    write("Pulumi.yaml", "- seeds\n");
    assert.throws(() => readProject(dir), /^Error: Could not read Pulumi\.yaml: it has no fields\.$/);
  });
});
