import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import root from "../../package.json";
import provider from "../../provider/package.json";
import manifest from "../../sandbox/package.json";

describe("package.json of the sandbox", () => {
  it("asks for ranges of what it depends on, so that users get security patches", () => {
    const pinned = Object.entries(manifest.dependencies).filter(([, range]) => !/^\^\d+\.\d+\.\d+$/.test(range));
    assert.deepEqual(pinned, []);
  });

  it("pins what its page is built with, which is in the package", () => {
    const ranges = Object.entries(manifest.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(ranges, []);
  });

  it("and the provider's depend on nothing of each other", () => {
    const of = (what: Record<string, unknown>) =>
      ["dependencies", "peerDependencies", "devDependencies"].flatMap((kind) => Object.keys(what[kind] ?? {}));
    assert.deepEqual(
      of(manifest).filter((name) => name === provider.name || name.startsWith("@pulumi/")),
      [],
    );
    assert.ok(!of(provider).includes(manifest.name));
  });

  it("has the version of the provider's, and the repository's", () => {
    assert.deepEqual([manifest.version, root.devDependencies["mailmodo-sandbox"]], [provider.version, root.version]);
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
    const file = path.join(__dirname, "../../sandbox", manifest.bin["mailmodo-sandbox"]);
    assert.match(fs.readFileSync(file, "utf8"), /^#!\/usr\/bin\/env node\n/);
    assert.notEqual(fs.statSync(file).mode & 0o111, 0, "it can be executed");
  });
});
