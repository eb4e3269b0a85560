import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
}

/**
 * What holds of the package.json of each package.
 *
 * @param folder Its folder in the repository.
 */
export function itIsPublishable(manifest: Manifest, folder: string): void {
  it("asks for ranges of what it depends on, so that users get security patches", () => {
    const pinned = Object.entries(manifest.dependencies).filter(([, range]) => !/^\^\d+\.\d+\.\d+$/.test(range));
    assert.deepEqual(pinned, []);
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
    const main = manifest.exports["."];
    assert.deepEqual(main, { types: manifest.types, default: manifest.main });
  });

  it("has a command that is there before anything is built", () => {
    const file = path.join(__dirname, "../..", folder, manifest.bin[manifest.name]!);
    assert.match(fs.readFileSync(file, "utf8"), /^#!\/usr\/bin\/env node\n/);
    assert.notEqual(fs.statSync(file).mode & 0o111, 0, "it can be executed");
  });
}
