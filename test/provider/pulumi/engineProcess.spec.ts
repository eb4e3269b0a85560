import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { engineAbove, isEngineName } from "../../../provider/pulumi/engineProcess";
import { inNamespaces } from "../../support/namespaces";

describe("the engine above a plugin", () => {
  it("is the process that listens where the plugin is told, where none is named as the CLI", async function () {
    if (process.platform !== "linux") this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engine-"));
    const program = path.join(folder, "iac");
    fs.copyFileSync(process.execPath, program);
    const listen = "require('node:net').createServer().listen(0, function () { console.log(this.address().port); })";
    const cli = spawn(program, ["-e", listen], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [port] = (await once(cli.stdout, "data")) as [Buffer];
      assert.equal(engineAbove(cli.pid, Number(port))?.identity.pid, cli.pid);
    } finally {
      cli.kill();
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("is the first process of a container", async function () {
    if (process.platform !== "linux") this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engine-"));
    const program = path.join(folder, "pulumi");
    fs.copyFileSync(process.execPath, program);
    const module = path.join(__dirname, "../../../provider/dist/pulumi/engineProcess.js");
    const plugin = `const { identity, ...rest } = require(${JSON.stringify(module)}).engineAbove();
      console.log(JSON.stringify({ pid: identity.pid, ...rest }));`;
    const args = JSON.stringify(["-e", plugin]);
    const cli = `process.title = "pulumi";
      require("node:child_process").spawnSync(${JSON.stringify(process.execPath)}, ${args}, { stdio: "inherit" });`;
    try {
      const [unshare, ...rest] = inNamespaces(["pid"], [program, "-e", cli]);
      const { stdout, stderr } = spawnSync(unshare!, rest, { cwd: folder, encoding: "utf8" });
      assert.deepEqual(JSON.parse(stdout), { pid: 1, folder, bin: folder }, stderr);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("is none of its ancestors where none of them listens there, or has the name of the CLI", () =>
    assert.equal(engineAbove(process.pid, 1), undefined));

  for (const [name, is] of [
    ["pulumi", true],
    [".pulumi-wrapped", true],
    ["pulumi-resource", false],
    ["pulumi-language", false],
    ["node", false],
  ] as const)
    it(`is ${is ? "" : "not "}known by the name ${name}`, () => assert.equal(isEngineName(name), is));
});
