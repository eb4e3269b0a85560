import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

const PLUGIN = `process.argv.splice(1, Infinity, "/@pulumi/pulumi/cmd/dynamic-provider", "127.0.0.1:1");`;

describe("the heap of a plugin", () => {
  it("is collected at least twice as often as by default", function () {
    this.timeout(60_000);
    // Made and dropped, and held long enough in between to be moved among the old.
    const work = `
      const ring = new Array(5_000);
      for (let i = 0; i < 200_000; i++) ring[i % ring.length] = new Array(1_000).fill(i);`;
    const [plugins, usual] = [heapOf(work, PLUGIN), heapOf(work)];
    assert.ok(plugins.collections >= usual.collections * 2, `${plugins.collections}, and ${usual.collections}`);
  });

  it("has at most half of the default room for new objects", () => {
    const work = `
      const ring = new Array(20_000);
      for (let i = 0; i < 500_000; i++) ring[i % ring.length] = { i, list: [i] };`;
    const [plugins, usual] = [heapOf(work, PLUGIN), heapOf(work)];
    assert.ok(plugins.newSpaceMb <= usual.newSpaceMb / 2, `${plugins.newSpaceMb} MB, and ${usual.newSpaceMb} MB`);
  });
});

interface Heap {
  /** How often all of it was collected. */
  readonly collections: number;
  readonly newSpaceMb: number;
}

/** What becomes of a heap that holds some 40 MB, while something is made and dropped. */
function heapOf(work: string, start = ""): Heap {
  const code = `
    ${start}
    require("pulumi-mailmodo/enrollmentLifecycle").configure({ config: { get: () => undefined } });
    const held = Array.from({ length: 200_000 }, (_, i) => ({ i, text: "contact " + i, list: [i] }));
    ${work}
    const spaces = require("node:v8").getHeapSpaceStatistics();
    const { space_size } = spaces.find(({ space_name }) => space_name === "new_space");
    console.log("new space", space_size / 2 ** 20, "held", held.length);
    process.exit();`;
  // One thread for garbage collection, so that a busy machine makes no difference.
  const args = ["--single-threaded-gc", "--trace-gc", "-e", code];
  const trace = execFileSync(process.execPath, args, { encoding: "utf8" });
  return {
    collections: trace.match(/Mark-Compact /g)?.length ?? 0,
    newSpaceMb: Number(/new space (\S+)/.exec(trace)?.[1]),
  };
}
