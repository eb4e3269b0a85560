import assert from "node:assert/strict";
import * as fs from "node:fs";
import { openStateFiles } from "../../../provider/pulumi/openStateFiles";
import type { StateFiles } from "../../../provider/pulumi/stateFiles";
import { storedStacks } from "../../../provider/pulumi/storedStacks";
import { enrollment, stateOf, writeBackendFile, writeStack } from "../../support/handmadeStates";
import { useTemporaryFolder } from "../../support/temporaryFolder";

const STATE = stateOf([enrollment("qa", "qa@seeds.example.com")]);

describe("the stacks in a backend's files", () => {
  const root = useTemporaryFolder();
  const write = (key: string, content: string | Buffer) => writeBackendFile(root(), key, content);
  const isOfToday = () => write(".pulumi/meta.yaml", "version: 1\n");
  const stacks = async () => (await storedStacks(await filesOf(root()))) ?? assert.fail("another layout");
  const only = async () => {
    const [stack, ...others] = await stacks();
    assert.deepEqual(others, []);
    return stack ?? assert.fail("no stack");
  };

  it("are none in an empty folder, and in one that is not there", async () => {
    assert.deepEqual(await stacks(), []);
    assert.deepEqual(await storedStacks(await filesOf(`${root()}/nowhere`)), []);
    assert.deepEqual(fs.readdirSync(root()), []);
  });

  it("have a project, and the copies and tags beside a state are none", async () => {
    isOfToday();
    writeStack(root(), "seeds/dev", STATE);
    for (const ending of [".json.attrs", ".json.bak", ".json.bak.attrs", ".pulumi-tags", ".json.1764000000000"])
      write(`.pulumi/stacks/seeds/dev${ending}`, "{}");
    write(".pulumi/stacks/old.json", "{}");
    const stack = await only();
    assert.equal(stack.fullName, "organization/seeds/dev");
    assert.deepEqual(await stack.state(), STATE);
  });

  it("have no project in a backend of an old kind", async () => {
    writeStack(root(), "dev", STATE);
    const stack = await only();
    assert.equal(stack.fullName, "dev");
    assert.deepEqual(await stack.state(), STATE);
  });

  it("may be compressed", async () => {
    isOfToday();
    writeStack(root(), "seeds/dev", STATE, ".gz");
    assert.deepEqual(await (await only()).state(), STATE);
  });

  it("have the newer state where a change of the compression left two", async () => {
    isOfToday();
    const files = [writeStack(root(), "seeds/dev", STATE), writeStack(root(), "seeds/dev", stateOf([]), ".gz")];
    for (const [plainAt, zippedAt, state] of [
      [2, 1, STATE],
      [1, 2, stateOf([])],
      [1, 1, stateOf([])],
    ] as const) {
      fs.utimesSync(files[0]!, plainAt, plainAt);
      fs.utimesSync(files[1]!, zippedAt, zippedAt);
      assert.deepEqual(await (await only()).state(), state);
    }
  });

  it("have an empty state if nothing has run in them", async () => {
    isOfToday();
    write(".pulumi/stacks/seeds/dev.json", `{"version":0,"checkpoint":{"stack":"organization/seeds/dev"}}`);
    assert.deepEqual(await (await only()).state(), {});
  });

  for (const [what, key, content] of [
    ["is damaged", "dev.json", `{"version":3,"checkpoint":{"latest`],
    ["is empty", "dev.json", ""],
    ["is of another version", "dev.json", `{"version":9,"checkpoint":{"latest":{}}}`],
    ["is compressed and cut off", "dev.json.gz", Buffer.from([0x1f, 0x8b, 8])],
    ["is compressed in another way", "dev.json.zst", "zst"],
  ] as const) {
    it(`are left to the CLI where a state ${what}`, async () => {
      isOfToday();
      write(`.pulumi/stacks/seeds/${key}`, content);
      assert.equal(await (await only()).state(), "unknown");
    });
  }

  it("are left to the CLI where it keeps what a run has done since in a journal", async () => {
    isOfToday();
    writeStack(root(), "seeds/dev", STATE);
    write(".pulumi/journal/seeds/dev/1.json", "{}");
    assert.equal(await (await only()).state(), "unknown");
  });

  it("are all left to the CLI in a backend of a kind that is not known", async () => {
    write(".pulumi/meta.yaml", "version: 2\n");
    assert.equal(await storedStacks(await filesOf(root())), undefined);
  });

  it("are gone if they are removed before they are read", async () => {
    isOfToday();
    const file = writeStack(root(), "seeds/dev", STATE);
    const stack = await only();
    fs.rmSync(file);
    assert.equal(await stack.state(), "gone");
  });

  it("have tags", async () => {
    isOfToday();
    writeStack(root(), "seeds/dev", STATE);
    assert.deepEqual(await (await only()).tags(), {});
    write(".pulumi/stacks/seeds/dev.pulumi-tags", `{"version":1,"tags":{"mailmodo:preview":"2026-11-27"}}`);
    assert.deepEqual(await (await only()).tags(), { "mailmodo:preview": "2026-11-27" });
    for (const text of [`{"tags":null}`, `{"tags":{"mailmodo:preview":7}}`, "{"]) {
      write(".pulumi/stacks/seeds/dev.pulumi-tags", text);
      assert.deepEqual(await (await only()).tags(), {});
    }
  });

  it("have the locks of runs, and not those of a stack whose name begins alike", async () => {
    isOfToday();
    for (const name of ["dev", "dev2"]) {
      writeStack(root(), `seeds/${name}`, STATE);
      const lock = { pid: 7, username: "ann", hostname: name, timestamp: "2026-11-27T12:00:00Z" };
      write(`.pulumi/locks/organization/seeds/${name}/1.json`, JSON.stringify(lock));
      write(`.pulumi/locks/organization/seeds/${name}/1.json.attrs`, "{}");
    }
    const [dev] = (await stacks()).sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
    assert.deepEqual(await dev!.locks(), [
      {
        owner: "ann",
        host: "dev",
        pid: 7,
        at: Date.parse("2026-11-27T12:00:00Z"),
        url: `file://${root()}/.pulumi/locks/organization/seeds/dev/1.json`,
      },
    ]);
  });

  const WHOLE = { pid: 7, username: "ann", hostname: "laptop", timestamp: "2026-11-27T12:00:00Z" };
  for (const [what, text] of [
    ["is empty", ""],
    ["is cut off", '{"pid":7,"usern'],
    ["names no process", JSON.stringify({ ...WHOLE, pid: 0 })],
    ["names none that there can be", JSON.stringify({ ...WHOLE, pid: -1 })],
    ["has values of other types", JSON.stringify({ ...WHOLE, pid: "7", username: 5 })],
    ["has no time", JSON.stringify({ ...WHOLE, timestamp: undefined })],
  ] as const) {
    it(`have a damaged lock, which is as old as its file, where that ${what}`, async () => {
      isOfToday();
      writeStack(root(), "seeds/dev", STATE);
      write(".pulumi/locks/organization/seeds/dev/1.json", text);
      const file = `${root()}/.pulumi/locks/organization/seeds/dev/1.json`;
      fs.utimesSync(file, 1_000, 1_000);
      assert.deepEqual(await (await only()).locks(), [
        { owner: "unknown", host: "unknown", pid: 0, at: 1_000_000, url: `file://${file}`, isDamaged: true },
      ]);
    });
  }
});

async function filesOf(folder: string): Promise<StateFiles> {
  return (await openStateFiles(`file://${folder}`, "/", {})) ?? assert.fail("no files");
}
