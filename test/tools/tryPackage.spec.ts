import assert from "node:assert/strict";
import * as path from "node:path";
import root from "../../package.json";
import manifest from "../../provider/package.json";
import { consumers } from "../../tools/tryPackage/consumers";
import { inParallel } from "../../tools/tryPackage/inParallel";
import { failuresOf, resultOf, tableOf } from "../../tools/tryPackage/results";
import { assertNoWarning, REPOSITORY, userEnvironment } from "../../tools/tryPackage/shell";

describe("consumers", () => {
  const all = consumers("/tmp/pulumi-mailmodo.tgz");
  const names = all.flatMap(({ programs }) => programs.map(({ name }) => name));

  it("have the oldest SDK that the package allows, and the newest that it is tested with", () => {
    const ends = [manifest.peerDependencies["@pulumi/pulumi"].replace("^", ""), root.devDependencies["@pulumi/pulumi"]];
    assert.deepEqual([...new Set(all.map(({ sdk }) => sdk))], ends);
  });

  it("depend on the tarball, and on no other copy of the package", () => {
    for (const { files } of all) {
      const texts = Object.entries(files).filter(([name]) => name.endsWith("package.json"));
      const uses = texts.flatMap(([, text]) => /"pulumi-mailmodo":"[^"]*"/.exec(text) ?? []);
      assert.ok(uses.length > 0);
      for (const use of uses) assert.equal(use, `"pulumi-mailmodo":"file:/tmp/pulumi-mailmodo.tgz"`);
    }
  });

  it("have names of their own", () => assert.equal(new Set(names).size, names.length, names.join("; ")));
});

describe("inParallel", () => {
  /** Jobs that end when the test lets them. */
  function held(count: number) {
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const jobs = Array.from({ length: count }, (_, index) => () => {
      started.push(index);
      return new Promise<number>((resolve) => (finish[index] = () => resolve(index)));
    });
    return { jobs, started, finish };
  }

  it("runs no more than so many at once, and starts the next when one is done", async () => {
    const { jobs, started, finish } = held(3);
    let onDone: (index: number) => void = () => undefined;
    const running = inParallel(jobs, 2, (index) => onDone(index));
    assert.deepEqual(started, [0, 1]);
    const second = new Promise<number>((resolve) => (onDone = resolve));
    finish[1]?.();
    assert.equal(await second, 1);
    assert.deepEqual(started, [0, 1, 2]);
    for (const index of [2, 0]) finish[index]?.();
    assert.deepEqual(await running, [0, 1, 2]);
  });
});

describe("the table of consumers", () => {
  const works = { name: "npm, JavaScript", tookMs: 30_000, sdk: "3.276.0", upMs: 1_840, destroyMs: 1_000 };

  it("has a row for each, with its times", () => {
    const row = tableOf([works]).split("\n")[3] ?? "";
    assert.deepEqual(
      row.split("│").map((cell) => cell.trim()),
      ["", "npm, JavaScript", process.version, "3.276.0", "1.8 s", "1.0 s", "works", ""],
    );
  });

  it("says what cannot work, and where a try failed", async () => {
    const failed = await resultOf("yarn", async () => assert.fail("no such file"));
    const table = tableOf([{ name: "pnpm", tookMs: 1, limit: "cannot: add it to package.json" }, failed]);
    assert.match(table, /pnpm .* cannot: add it to package\.json /);
    assert.match(table, /yarn .* FAILS /);
  });

  it("is followed by the output of each that failed, under its name", async () => {
    const failed = await resultOf("yarn", async () =>
      assert.fail("yarn install ended with exit code 1:\nno such file"),
    );
    assert.deepEqual(failuresOf([works, failed]), ["\n✗ yarn:\nyarn install ended with exit code 1:\nno such file"]);
  });
});

describe("userEnvironment", () => {
  it("leads to nothing of this repository, and keeps the user's own settings", () => {
    const env = {
      HOME: "/home/ada",
      npm_config_registry: "https://registry.example.com",
      npm_config_local_prefix: REPOSITORY,
      npm_package_json: path.join(REPOSITORY, "package.json"),
      INIT_CWD: REPOSITORY,
      NODE_COMPILE_CACHE: path.join(REPOSITORY, "node_modules/.cache/node"),
      PATH: [path.join(REPOSITORY, "node_modules/.bin"), "/usr/bin", `${REPOSITORY}-2/bin`].join(path.delimiter),
    };
    assert.deepEqual(userEnvironment(env), {
      HOME: "/home/ada",
      npm_config_registry: "https://registry.example.com",
      PATH: ["/usr/bin", `${REPOSITORY}-2/bin`].join(path.delimiter),
    });
  });
});

describe("assertNoWarning", () => {
  it("refuses a line of npm's that warns, and nothing else", () => {
    assertNoWarning("added 179 packages in 5s\nsome npm warning of another kind");
    assert.throws(() => assertNoWarning("added 1 package\nnpm warn EBADENGINE Unsupported engine"), /EBADENGINE/);
    assert.throws(() => assertNoWarning("npm WARN deprecated"), /deprecated/);
  });
});
