import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../workbench";
import { resultOf, type Result } from "./results";
import { assertSuccess, REPOSITORY, succeed, userEnvironment } from "./shell";

/** All that is published: the command, the build, the manifest, the README and the licence. */
const PUBLISHED = /^(bin\/pulumi-mailmodo\.js|dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/;

export interface Tarball {
  readonly file: string;
  /** A folder with what is in it. */
  readonly content: string;
  /** The paths in it. */
  readonly paths: readonly string[];
}

/** Packs the provider as `npm publish` does, into `folder`. */
export async function packProvider(folder: string): Promise<Tarball> {
  const env = userEnvironment(process.env);
  const args = ["pack", "--json", "--pack-destination", folder];
  const done = await run("npm", args, path.join(REPOSITORY, "provider"), env);
  assertSuccess(done, `npm ${args.join(" ")}`);
  // The build's own output stands before it.
  const [packed] = JSON.parse(done.stdout.slice(done.stdout.indexOf("[\n"))) as [
    { filename: string; files: { path: string }[] },
  ];
  const file = path.join(folder, packed.filename);
  await succeed("tar", ["-xzf", file, "-C", folder], folder, env);
  return { file, content: path.join(folder, "package"), paths: packed.files.map(({ path }) => path) };
}

/** Checks what is in it, and how compilers and Node.js find it there. */
export async function checkTarball({ file, paths }: Tarball): Promise<Result[]> {
  const result = await resultOf("the tarball: content, publint, attw", async () => {
    const stray = paths.filter((path) => !PUBLISHED.test(path));
    assert.deepEqual(stray, [], "only the build, the manifest, the README and the licence are published");
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
