import assert from "node:assert/strict";
import { INITIAL_PID_NAMESPACE } from "../../../provider/processes/linux";
import type { Machine, ProcessLocation } from "../../../provider/processes/machine";
import {
  livenessOf,
  identify,
  isSameProcess,
  type Liveness,
  type ProcessIdentity,
} from "../../../provider/processes/processIdentity";
import { useChildProcesses } from "../../support/childProcesses";

describe("the identity of a process", () => {
  const { start, sleeping, end } = useChildProcesses();

  it("tells one that runs from one that has ended", async () => {
    const child = await sleeping();
    const identity = identify(child.pid)!;
    assert.deepEqual(
      [livenessOf(identity), isSameProcess(identity), isSameProcess(identify()!)],
      ["alive", false, true],
    );
    await end(child);
    assert.deepEqual([livenessOf(identity), identify(child.pid)], ["dead", undefined]);
  });

  it("takes no other for it that has its id now: a dynamic provider, or this process itself", async () => {
    const child = await start([process.execPath, "-e", "setInterval(() => {}, 1000)", "cmd/dynamic-provider"]);
    for (const pid of [child.pid!, process.pid]) {
      const now = identify(pid)!;
      const earlier = { ...now, startTicks: now.startTicks! - 2, startedAt: now.startedAt! - 10_000 };
      assert.equal(livenessOf(earlier), "dead");
    }
  });

  it("tells it without the host's name, which can be changed", () => {
    assert.equal(livenessOf({ ...identify()!, host: "renamed" }), "alive");
  });

  const here: ProcessLocation = { host: "a", machineId: "m", boot: "1", pidNamespace: INITIAL_PID_NAMESPACE };
  const one: ProcessIdentity = { ...here, pid: 7, startTicks: 100, startedAt: 5_000 };
  const earlierBoot = { ...one, boot: "0" };
  const machine = (more: Partial<Machine>): Machine => ({
    location: here,
    seesAll: false,
    inspect: () => "gone",
    inspectBelow: () => [],
    bootedAt: () => 60_000,
    isOnLocalDisk: () => true,
    ...more,
  });
  const withoutId = <T extends ProcessLocation>({ machineId, ...rest }: T) => (assert.ok(machineId), rest);
  const table: [what: string, one: ProcessIdentity, machine: Machine, liveness: Liveness][] = [
    ["has booted since", earlierBoot, machine({}), "dead"],
    ["is another of the same name", { ...earlierBoot, machineId: "x" }, machine({}), "undecided"],
    ["is another", { ...earlierBoot, host: "b" }, machine({}), "undecided"],
    ["has no id, and another boot", withoutId(earlierBoot), machine({ location: withoutId(here) }), "undecided"],
    ["had another boot in a container", { ...earlierBoot, pidNamespace: "o" }, machine({}), "undecided"],
    [
      "had another boot, in a container as now, whose machine id is an image's",
      { ...earlierBoot, pidNamespace: "o" },
      machine({ location: { ...here, pidNamespace: "o" } }),
      "undecided",
    ],
    ["booted before it began, so had no other boot then", earlierBoot, machine({ bootedAt: () => 4_000 }), "undecided"],
    ["does not tell when it booted", earlierBoot, machine({ bootedAt: () => undefined }), "undecided"],
    ["shares the notes with others", earlierBoot, machine({ isOnLocalDisk: () => false }), "undecided"],
    ["tells no boot", { host: "a", pid: 7 }, machine({}), "undecided"],
    ["hides it", one, machine({ inspect: () => "hidden" }), "undecided"],
    ["tells no start of it", one, machine({ inspect: () => ({}) }), "undecided"],
    ["has it in a sibling container", { ...one, pidNamespace: "o" }, machine({}), "undecided"],
    [
      "has it in a container below",
      { ...one, pidNamespace: "o" },
      machine({ inspectBelow: () => [{ startTicks: 100 }] }),
      "alive",
    ],
    [
      "has another with its id in a container below",
      { ...one, pidNamespace: "o" },
      machine({ inspectBelow: () => [{ startTicks: 102 }] }),
      "undecided",
    ],
    ["rounds its start, as in a time namespace", one, machine({ inspect: () => ({ startTicks: 101 }) }), "alive"],
    [
      "hides the time namespace, and tells its start by the clock",
      one,
      machine({ inspect: () => ({ startedAt: 5_400 }) }),
      "alive",
    ],
    [
      "hides the time namespace, and tells another start by the clock, which may have been set",
      one,
      machine({ inspect: () => ({ startedAt: 65_000 }) }),
      "undecided",
    ],
    [
      "shows all containers, but not the time namespace, and its id is in one",
      { ...one, pidNamespace: "o" },
      machine({ seesAll: true, inspectBelow: () => [{ startedAt: 65_000 }] }),
      "undecided",
    ],
    ["shows all containers, and it is in none", { ...one, pidNamespace: "o" }, machine({ seesAll: true }), "dead"],
    [
      "tells starts to the second, as macOS",
      { host: "a", boot: "1", pid: 7, startedAt: 5_400 },
      machine({ location: { host: "a", boot: "1" }, inspect: () => ({ startedAt: 5_000 }) }),
      "alive",
    ],
    [
      "has given its id to a later one, as macOS tells",
      { host: "a", boot: "1", pid: 7, startedAt: 5_400 },
      machine({ location: { host: "a", boot: "1" }, inspect: () => ({ startedAt: 65_000 }) }),
      "dead",
    ],
    [
      "tells no boot, as Windows, and the id is free",
      { host: "a", pid: 7 },
      machine({ location: { host: "a" } }),
      "dead",
    ],
    [
      "tells no boot, as Windows, and is another",
      { host: "b", pid: 7 },
      machine({ location: { host: "a" } }),
      "undecided",
    ],
    [
      "hides its boot, as a sandbox may",
      { host: "a", pidNamespace: "n", pid: 7 },
      machine({ location: { host: "a", pidNamespace: "n" } }),
      "undecided",
    ],
    ["is Linux in a virtual machine of the same name", one, machine({ location: { host: "a" } }), "undecided"],
  ];
  for (const [what, identity, where, liveness] of table) {
    it(`is ${liveness} where the machine ${what}`, () =>
      assert.equal(livenessOf(identity, "1.jsonl", where), liveness));
  }
});
