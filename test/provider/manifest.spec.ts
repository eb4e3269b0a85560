import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import root from "../../package.json";
import manifest from "../../provider/package.json";

describe("package.json of the provider", () => {
  it("asks for ranges of what it depends on, so that users get security patches", () => {
    const pinned = Object.entries(manifest.dependencies).filter(([, range]) => !/^\^\d+\.\d+\.\d+$/.test(range));
    assert.deepEqual(pinned, []);
  });

  it("lets the repository pin what it is tested with", () => {
    const ranges = Object.entries(root.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(ranges, []);
  });

  it("allows the SDK that the repository is tested with", () => {
    const range = manifest.peerDependencies["@pulumi/pulumi"];
    const [, major, minor] = /^\^(\d+)\.(\d+)\.0$/.exec(range) ?? assert.fail(range);
    const tested = root.devDependencies["@pulumi/pulumi"].split(".");
    assert.equal(tested[0], major);
    assert.ok(Number(tested[1]) >= Number(minor));
  });

  it("runs nothing when it is installed", () => {
    const run = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
    assert.deepEqual(
      Object.keys(manifest.scripts).filter((name) => run.includes(name)),
      [],
    );
  });

  it("names each of its modules to compilers that do not read exports, too", () => {
    const modules = Object.entries(manifest.exports).flatMap(([name, target]) =>
      typeof target === "string" || name === "." ? [] : [[name.slice("./".length), [target.types]]],
    );
    assert.deepEqual(manifest.typesVersions["*"], Object.fromEntries(modules));
    assert.equal(manifest.types, manifest.exports["."].types);
    assert.equal(manifest.main, manifest.exports["."].default);
  });

  it("has a command that is there before anything is built", () => {
    const file = path.join(__dirname, "../../provider", manifest.bin["pulumi-mailmodo"]);
    assert.match(fs.readFileSync(file, "utf8"), /^#!\/usr\/bin\/env node\n/);
    assert.notEqual(fs.statSync(file).mode & 0o111, 0, "it can be executed");
  });
});
