// A stand-in for the CLI, which answers what a file says: no bucket and no Pulumi Cloud is at hand to be raced.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Stack } from "../../../provider/pulumi/stack";

const CLI = `#!/bin/sh
echo "$*" >> "$ANSWERS/asked"
case "$*" in
  "stack init"*) [ -e "$ANSWERS/created" ] && { touch "$(cat "$ANSWERS/created")"; exit 0; }; cat "$ANSWERS/init" >&2; exit 1 ;;
  whoami*) cat "$ANSWERS/whoami" ;;
  "stack ls"*"--project other"*) cat "$ANSWERS/ls-of-other" ;;
  "stack ls"*) cat "$ANSWERS/ls" ;;
  cancel* | "stack rm"*) exit 0 ;;
esac
`;

describe("a stack's lock, by way of the CLI", () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "cli-"));
    fs.writeFileSync(path.join(folder, "pulumi"), CLI, { mode: 0o755 });
    answer({ whoami: '{"url":"s3://states"}' });
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function answer(answers: Record<string, string>): void {
    for (const [name, text] of Object.entries(answers)) fs.writeFileSync(path.join(folder, name), text);
  }
  const asked = () => fs.readFileSync(path.join(folder, "asked"), "utf8");
  const stack = (name = "test") =>
    new Stack(name, folder, { PATH: `${folder}:${process.env["PATH"]}`, ANSWERS: folder });
  const locked = (...urls: string[]) =>
    `error: the stack is currently locked by ${urls.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n` +
    urls.map((url, nth) => `  ${url}: created by ann@runner (pid ${nth + 1}) at 2026-11-26T14:00:0${nth}Z\n`).join("");

  it("is read with the stack's full name, whether it is held or not", async () => {
    answer({ init: "error: stack 'organization/seeds/test' already exists\n" });
    assert.deepEqual(await stack().occupancy(), { fullName: "organization/seeds/test", locks: [] });
    const url = "s3://states/.pulumi/locks/organization/seeds/test/1.json?region=eu-west-1";
    answer({ init: locked(url) });
    assert.deepEqual(await stack().occupancy(), {
      fullName: "organization/seeds/test",
      locks: [{ url, owner: "ann", host: "runner", pid: 1, at: Date.parse("2026-11-26T14:00:00Z") }],
    });
    answer({ init: "error: 2 errors occurred:\n    1) no bucket\n    2) no region\n\n" });
    await assert.rejects(stack().occupancy(), /: no bucket; no region\.$/);
    answer({ init: "error: no credentials\n" });
    await assert.rejects(stack().occupancy(), /^Error: Could not check the lock of the stack test: no credentials\.$/);
  });

  it("cannot be read where its file is damaged and only the CLI reads the bucket, and names what frees it", async () => {
    for (const words of ["unexpected end of JSON input", "invalid character '\\x00' looking for beginning of value"]) {
      answer({ whoami: '{"url":"gs://states"}', init: `error: ${words}\n` });
      await assert.rejects(
        stack().occupancy(),
        new Error(
          `Could not check the lock of the stack test: ${words}. Its lock file may be damaged. If you are certain that no run of the ` +
            "stack is in progress, free the lock: pulumi cancel --stack test. Then recover.",
        ),
      );
    }
  });

  it("is none of a stack that has been removed meanwhile: what the question created is removed again", async () => {
    for (const hadSettings of [false, true]) {
      answer({ created: "Pulumi.test.yaml", asked: "", "Pulumi.yaml": "name: seeds\n" });
      const settings = path.join(folder, "Pulumi.test.yaml");
      if (hadSettings) fs.writeFileSync(settings, "");
      await assert.rejects(
        stack().occupancy(),
        /^Error: The stack test does not exist any more: another command has removed it\. Run it again\.$/,
      );
      // In the project's folder, this would change which stack the user has selected.
      const [, elsewhere = ""] = /^stack rm --yes --preserve-config --stack test --cwd (\S+) /m.exec(asked()) ?? [];
      assert.notEqual(elsewhere, "");
      assert.notEqual(path.resolve(elsewhere), path.resolve(folder));
      assert.equal(fs.existsSync(elsewhere), false);
      assert.equal(fs.existsSync(settings), hadSettings);
    }
  });

  it("leaves no settings behind, wherever the project keeps them", async () => {
    answer({ created: "stacks/Pulumi.test.yml", "Pulumi.yml": "name: seeds\nstackConfigDir: stacks\n" });
    fs.mkdirSync(path.join(folder, "stacks"));
    await assert.rejects(stack("ann/test").occupancy(), /does not exist any more/);
    assert.deepEqual(fs.readdirSync(path.join(folder, "stacks")), []);
  });

  it("alone is removed where it is a file, and not one that a new run has taken since", async () => {
    const locks = path.join(folder, "state/.pulumi/locks/organization/seeds/test");
    fs.mkdirSync(locks, { recursive: true });
    for (const name of ["1.json", "2.json"]) fs.writeFileSync(path.join(locks, name), "{}");
    answer({ init: locked(`file://${locks}/1.json?no_tmp_dir=true`) });
    const { locks: judged } = await stack().occupancy();
    await stack().free(judged);
    assert.deepEqual(fs.readdirSync(locks), ["2.json"]);
    assert.doesNotMatch(asked(), /cancel/);
  });

  it("is not freed in a bucket where a new run has one by now", async () => {
    const [one, two] = ["1", "2"].map((id) => `s3://states/.pulumi/locks/organization/seeds/test/${id}.json`);
    answer({ init: locked(one!) });
    const { locks: judged } = await stack().occupancy();
    answer({ init: locked(one!, two!) });
    await assert.rejects(
      stack().free(judged),
      /^Error: Another run has locked the stack test since; no lock was freed\./,
    );
    answer({ init: locked(two!) });
    await assert.rejects(stack().free(judged), /Another run has locked/);
    assert.doesNotMatch(asked(), /cancel/);
    answer({ init: locked(one!) });
    await stack().free(judged);
    assert.match(asked(), /^cancel --yes --stack test/m);
  });

  it("is not asked for again where another recover has freed it", async () => {
    const url = "s3://states/.pulumi/locks/organization/seeds/test/1.json";
    answer({ init: locked(url) });
    const { locks: judged } = await stack().occupancy();
    answer({ init: "error: stack 'organization/seeds/test' already exists\n" });
    await stack().free(judged);
    assert.doesNotMatch(asked(), /cancel/);
  });

  it("is an update of nobody known in Pulumi Cloud, which tells no more", async () => {
    answer({
      whoami: '{"url":"https://app.pulumi.com/ann"}',
      init: "error: stack 'acme/seeds/test' already exists\n",
      ls: '[{"name":"acme/test","updateInProgress":true},{"name":"other","updateInProgress":false}]',
    });
    const { locks } = await stack("acme/test").occupancy();
    assert.deepEqual(
      locks.map(({ pid }) => pid),
      [0],
    );
    answer({ ls: '[{"name":"test","updateInProgress":false},{"name":"other","updateInProgress":true}]' });
    assert.deepEqual((await stack().occupancy()).locks, []);
  });

  it("is an update of the stack that is named in Pulumi Cloud, whatever project the folder has", async () => {
    answer({
      whoami: '{"url":"https://app.pulumi.com/ann"}',
      init: "error: stack 'acme/other/dev' already exists\n",
      ls: '[{"name":"dev","updateInProgress":false}]',
      "ls-of-other": '[{"name":"acme/other/dev","updateInProgress":true}]',
      "Pulumi.yaml": "name: seeds\n",
    });
    assert.equal((await stack("acme/other/dev").occupancy()).locks.length, 1);
  });

  it("is not known of a stack that Pulumi Cloud does not list", async () => {
    answer({
      whoami: '{"url":"https://app.pulumi.com/ann"}',
      init: "error: stack 'acme/seeds/test' already exists\n",
      ls: '[{"name":"beta/test"}]',
    });
    await assert.rejects(
      stack("acme/test").occupancy(),
      new Error("Could not check the lock of the stack acme/test: Pulumi Cloud does not list the stack."),
    );
  });

  it("is read beside a project file that only the CLI can read, and so are the project's other stacks", async () => {
    answer({
      "Pulumi.yaml": "name: seeds\nconfig:\n  seeds:a: {\n  value: 1\n}\n",
      init: "error: stack 'organization/seeds/test' already exists\n",
      ls: '[{"name":"test"},{"name":"other"}]',
    });
    const own = stack("organization/seeds/test");
    assert.deepEqual((await own.occupancy()).locks, []);
    assert.deepEqual(
      (await own.siblings()).others.map(({ name }) => name),
      ["other"],
    );
  });

  const names: [own: string, listed: string[], others: string[]][] = [
    ["test", ["test", "other"], ["other"]],
    ["organization/seeds/test", ["test", "other"], ["other"]],
    ["acme/test", ["test", "beta/test", "acme/other"], ["beta/test", "acme/other"]],
    ["acme/test", ["test", "acme/test"], ["test"]],
    ["test", ["test", "acme/test"], ["acme/test"]],
  ];
  for (const [own, listed, others] of names) {
    it(`is not asked for of ${own} itself among the project's others`, async () => {
      answer({ ls: JSON.stringify(listed.map((name) => ({ name }))) });
      assert.deepEqual(
        (await stack(own).siblings()).others.map(({ name }) => name),
        others,
      );
    });
  }

  it("is not taken for that of another project's stack of the same name", async () => {
    answer({ "Pulumi.yaml": "name: seeds\n", ls: '[{"name":"test"}]' });
    assert.deepEqual(
      (await stack("organization/shop/test").siblings()).others.map(({ name }) => name),
      ["test"],
    );
  });
});

describe("a stack's config, by way of the CLI", () => {
  it("is not that of the stack of the same name in another project's folder", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cli-"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: seeds\n");
    await assert.rejects(
      new Stack("organization/other/dev", folder, { PATH: folder }).config(),
      new Error(
        `The stack organization/other/dev is not of the project seeds in ${folder}. Name the folder of the project other: --cwd <folder>.`,
      ),
    );
    fs.rmSync(folder, { recursive: true });
  });
});
