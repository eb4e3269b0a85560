import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

describe("the heap of a plugin", () => {
  let usual: Heap;
  let plugins: Heap;
  before(() => {
    usual = heapOf("");
    plugins = heapOf(`process.argv.splice(1, Infinity, "/@pulumi/pulumi/cmd/dynamic-provider", "127.0.0.1:1");`);
  });

  it("is collected at least twice as often as by default", () => {
    assert.ok(plugins.collections >= usual.collections * 2, `${plugins.collections}, and ${usual.collections}`);
  });

  it("has at most half of the default room for new objects", () => {
    assert.ok(plugins.newSpaceMb <= usual.newSpaceMb / 2, `${plugins.newSpaceMb} MB, and ${usual.newSpaceMb} MB`);
  });
});

interface Heap {
  /** How often all of it was collected. */
  readonly collections: number;
  readonly newSpaceMb: number;
}

/** What becomes of a heap that holds some 40 MB, while almost 2 GB are made and dropped. */
function heapOf(start: string): Heap {
  const code = `
    ${start}
    require("pulumi-mailmodo/enrollmentLifecycle").configure({ config: { get: () => undefined } });
    const held = Array.from({ length: 200_000 }, (_, i) => ({ i, text: "contact " + i, list: [i] }));
    const dropped = new Array(100);
    for (let i = 0; i < 8_000; i++) dropped[i % dropped.length] = new Array(30_000).fill(i);
    const small = new Array(20_000);
    for (let i = 0; i < 500_000; i++) small[i % small.length] = { i, list: [i] };
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
