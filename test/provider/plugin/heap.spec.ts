import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
// The modules themselves, not copies of their names: what is replaced in them is replaced for the provider.
import v8 from "node:v8";
import vm from "node:vm";
import { keepHeapSmall, resetHeap } from "../../../provider/plugin/heap";

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

  it("has at most half of the default room for new objects, from Node.js 24 on", () => {
    const work = `
      const ring = new Array(20_000);
      for (let i = 0; i < 500_000; i++) {
        ring[i % ring.length] = { i, list: [i] };
        if (i % 5_000 === 0) look();
      }`;
    const [plugins, usual] = [heapOf(work, PLUGIN), heapOf(work)];
    // V8 takes room back where objects are made slowly, as on a busy machine, so the default's most counts.
    // Node 22 gives new objects no more than 32 MB, a quarter of what later versions do. Loading the SDK takes all of that
    // before the plugin can say anything.
    const share = Number(process.versions.node.split(".")[0]) < 24 ? 1 : 0.5;
    assert.ok(plugins.newSpaceMb <= usual.mostMb * share, `${plugins.newSpaceMb} MB, and ${usual.mostMb} MB`);
  });

  it("gives back the room for new objects that was made before, but for 8 MB, once two operations run at the same time", () => {
    const session = path.join(__dirname, "../../../provider/dist/plugin/session.js");
    // As loading the SDK does it: made before the plugin can say anything, and held.
    const load = `globalThis.loaded = Array.from({ length: 500_000 }, (_, i) => ({ i, list: [i] }));`;
    const run = (times: number) => `
      const { engine } = require(${JSON.stringify(session)}).session;
      for (let i = 0; i < ${times}; i++) void engine.whileBusy(() => new Promise(() => {}));`;
    const [one, two] = [1, 2].map((times) => heapOf(run(times), load + PLUGIN));
    const { newSpaceMb } = two!;
    assert.ok(newSpaceMb >= 8 && newSpaceMb <= one!.newSpaceMb / 2, `${newSpaceMb} MB, and ${one!.newSpaceMb} MB`);
  });

  it("is left as it is where Node.js lacks what would keep it small", () => {
    const { runInNewContext } = vm;
    const { setFlagsFromString } = v8;
    Object.assign(vm, { runInNewContext: () => undefined });
    Object.assign(v8, { setFlagsFromString: () => assert.fail("unknown flag") });
    try {
      keepHeapSmall();
      resetHeap();
    } finally {
      Object.assign(vm, { runInNewContext });
      Object.assign(v8, { setFlagsFromString });
    }
  });
});

interface Heap {
  /** How often all of it was collected. */
  readonly collections: number;
  /** The room for new objects in the end: the least of the last looks, as it is larger while it is collected. */
  readonly newSpaceMb: number;
  /** The most that it was. */
  readonly mostMb: number;
}

/** What becomes of a heap that holds some 40 MB, while something is made and dropped. */
function heapOf(work: string, start = ""): Heap {
  const code = `
    ${start}
    require("pulumi-mailmodo/enrollmentLifecycle").configure({ config: { get: () => undefined } });
    const held = Array.from({ length: 200_000 }, (_, i) => ({ i, text: "contact " + i, list: [i] }));
    const looks = [];
    const look = () => {
      const spaces = require("node:v8").getHeapSpaceStatistics();
      const { space_size } = spaces.find(({ space_name }) => space_name === "new_space");
      looks.push(space_size / 2 ** 20);
    };
    ${work}
    look();
    console.log("new space", Math.min(...looks.slice(-20)), "at most", Math.max(...looks), "held", held.length);
    process.exit();`;
  // One thread for garbage collection, so that a busy machine makes no difference.
  const args = ["--single-threaded-gc", "--trace-gc", "-e", code];
  const trace = execFileSync(process.execPath, args, { encoding: "utf8" });
  return {
    collections: trace.match(/Mark-Compact /g)?.length ?? 0,
    newSpaceMb: Number(/new space (\S+)/.exec(trace)?.[1]),
    mostMb: Number(/at most (\S+)/.exec(trace)?.[1]),
  };
}
