import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ownSettings, readProject } from "../../../provider/pulumi/project";

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

  for (const [what, name, text] of [
    ["stackConfigDir", "Pulumi.yaml", "name: seeds\nstackConfigDir: config/stacks\nbackend: { url: file://state }\n"],
    ["its older name", "Pulumi.yml", "name: seeds\nconfig: config/stacks\nbackend:\n  url: file://state\n"],
    ["JSON", "Pulumi.json", '{"name":"seeds","stackConfigDir":"config/stacks","backend":{"url":"file://state"}}'],
  ] as const) {
    it(`reads another place of the settings, and the backend (${what})`, () => {
      write(name, text);
      const settingsFolder = path.join(dir, "config/stacks");
      const project = readProject(dir);
      assert.deepEqual(project, { folder: dir, name: "seeds", settingsFolder, backend: "file://state" });
      write("config/stacks/Pulumi.dev.yaml", "");
      assert.equal(ownSettings(project, "dev"), path.join(settingsFolder, "Pulumi.dev.yaml"));
      assert.equal(ownSettings(project, "de"), undefined);
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

  it("refuses a file without fields", () => {
    write("Pulumi.yaml", "- seeds\n");
    assert.throws(() => readProject(dir), /^Error: Could not read Pulumi\.yaml: it has no fields\.$/);
  });
});
