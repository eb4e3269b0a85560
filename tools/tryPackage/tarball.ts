import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../workbench";
import { resultOf, type Result } from "./results";
import { assertSuccess, REPOSITORY, succeed, userEnvironment } from "./shell";

/** All that is published of each package: its command, its build, its manifest, README and licence, and an example. */
const PUBLISHED = {
  provider: /^(bin\/pulumi-mailmodo\.js|dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/,
  sandbox:
    /^(bin\/mailmodo-sandbox\.js|dist\/(?!page\/).*\.(js|d\.ts)|dist\/page\/[^/]+|dist\/command\/licenses\.txt|(journeys\.example|profile\.schema)\.json|package\.json|README\.md|LICENSE)$/,
};

/** The folder of a package in this repository. */
export type PackageFolder = keyof typeof PUBLISHED;

export interface Tarball {
  readonly of: PackageFolder;
  readonly file: string;
  /** A folder with what is in it. */
  readonly content: string;
  /** The paths in it. */
  readonly paths: readonly string[];
}

/** Packs a package as `npm publish` does, into a folder below `folder`. */
export async function pack(of: PackageFolder, folder: string): Promise<Tarball> {
  const own = path.join(folder, of);
  fs.mkdirSync(own);
  const env = userEnvironment(process.env);
  const args = ["pack", "--json", "--pack-destination", own];
  const done = await run("npm", args, path.join(REPOSITORY, of), env);
  assertSuccess(done, `npm ${args.join(" ")}`);
  // The build's own output stands before it.
  const [packed] = JSON.parse(done.stdout.slice(done.stdout.indexOf("[\n"))) as [
    { filename: string; files: { path: string }[] },
  ];
  const file = path.join(own, packed.filename);
  await succeed("tar", ["-xzf", file, "-C", own], own, env);
  return { of, file, content: path.join(own, "package"), paths: packed.files.map(({ path }) => path) };
}

/** Checks what is in it, and how compilers and Node.js find it there. */
export async function checkTarball({ of, file, paths }: Tarball): Promise<Result[]> {
  const result = await resultOf(`the tarball of ${path.basename(file)}: content, publint, attw`, async () => {
    const stray = paths.filter((path) => !PUBLISHED[of].test(path));
    assert.deepEqual(stray, [], "only the build, the manifest, the README, the licence and the example are published");
    for (const name of ["README.md", "LICENSE"]) assert.ok(paths.includes(name), `${name} is missing`);
    const tool = async (name: string, ...args: string[]) =>
      succeed(path.join(REPOSITORY, "node_modules", ".bin", name), args, path.dirname(file), process.env);
    const linted = await tool("publint", "run", file, "--strict");
    assert.match(linted, /All good!/, `publint has suggestions:\n${linted}`);
    await tool("attw", file, "--no-color");
    return {};
  });
  return [result];
}

/** A package manager may keep an older tarball of the same version in its cache. */
export function assertInstalled({ content, paths }: Tarball, folder: string): void {
  for (const name of paths) {
    const [packed, installed] = [content, folder].map((root) => fs.readFileSync(path.join(root, name)));
    assert.ok(packed?.equals(installed as Buffer), `${path.join(folder, name)} is not what was packed`);
  }
}
