import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { procStat } from "../../../provider/processes/linux";
import type { Machine, ProcessLocation } from "../../../provider/processes/machine";
import {
  livenessOf,
  identify,
  isSameProcess,
  type Liveness,
  type ProcessIdentity,
} from "../../../provider/processes/processIdentity";
import { thisMachine } from "../../../provider/processes/thisMachine";
import { inNamespaces } from "../../support/namespaces";

describe("the identity of a process", () => {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

  async function start(command: readonly string[]): Promise<ChildProcess> {
    const child = spawn(command[0]!, command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    await once(child, "spawn");
    return child;
  }
  const sleeping = () => start([process.execPath, "-e", "setInterval(() => {}, 1000)"]);
  async function end(child: ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }

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
      const earlier = { ...now, startTicks: now.startTicks! - 1, startedAt: now.startedAt! - 10_000 };
      assert.equal(livenessOf(earlier), "dead");
    }
  });

  it("tells it without the host's name, which can be changed", () => {
    assert.equal(livenessOf({ ...identify()!, host: "renamed" }), "alive");
  });

  // What the kernel of Linux tells; there is nothing like it elsewhere.
  if (process.platform === "linux") {
    it("takes one as dead that has ended and whose parent has not asked for its exit code", async () => {
      const parent = await start([
        process.execPath,
        "-e",
        `const child = require("node:child_process").spawn("sleep", ["1000"]);
         process.stdout.write(child.pid + "\\n", () => process.kill(process.pid, "SIGSTOP"));`,
      ]);
      const [line] = (await once(parent.stdout!, "data")) as [Buffer];
      const pid = Number(String(line));
      const identity = identify(pid)!;
      assert.equal(livenessOf(identity), "alive");
      process.kill(pid, "SIGKILL");
      // No event tells of a process of another.
      while (procStat(pid)?.isEnded === false) await new Promise(setImmediate);
      process.kill(pid, 0);
      assert.equal(livenessOf(identity), "dead");
    });

    /** Starts a program in a pid namespace of its own, which says who it is. */
    async function inContainer(): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
      const module = path.join(__dirname, "../../../provider/dist/processes/processIdentity.js");
      const script = `console.log(JSON.stringify(require(${JSON.stringify(module)}).identify())); process.stdin.resume()`;
      const child = await start(inNamespaces(["pid"], [process.execPath, "-e", script]));
      const [line] = (await once(child.stdout!, "data")) as [Buffer];
      return { child, identity: JSON.parse(String(line)) as ProcessIdentity };
    }

    it("tells from outside what became of one that counts its ids from 1", async () => {
      const { child, identity } = await inContainer();
      assert.equal(identity.pid, 1);
      assert.equal(livenessOf(identity), "alive");
      child.stdin!.end();
      await once(child, "exit");
      assert.equal(livenessOf(identity), thisMachine().seesAll ? "dead" : "undecided");
    });

    it("decides nothing from inside of one that is outside", async () => {
      const module = path.join(__dirname, "../../../provider/dist/processes/processIdentity.js");
      const liveness = `console.log(require(${JSON.stringify(module)}).livenessOf(${JSON.stringify(identify())}))`;
      const child = await start(inNamespaces(["pid"], [process.execPath, "-e", liveness]));
      const [line] = (await once(child.stdout!, "data")) as [Buffer];
      assert.equal(String(line), "undecided\n");
    });
  }

  const here: ProcessLocation = { host: "a", machineId: "m", boot: "1", pidNamespace: "n" };
  const one: ProcessIdentity = { ...here, pid: 7, startTicks: 100 };
  const machine = (more: Partial<Machine>): Machine => ({
    location: here,
    seesAll: false,
    inspect: () => "gone",
    inspectBelow: () => [],
    ...more,
  });
  const table: [what: string, one: ProcessIdentity, machine: Machine, liveness: Liveness][] = [
    ["has booted since", { ...one, boot: "0" }, machine({}), "dead"],
    ["is another of the same name", { ...one, boot: "0", machineId: "x" }, machine({}), "undecided"],
    ["is another", { ...one, boot: "0", host: "b" }, machine({}), "undecided"],
    [
      "has no id, and another boot",
      { host: "a", boot: "0", pidNamespace: "n", pid: 7 },
      machine({ location: { host: "a", boot: "1", pidNamespace: "n" } }),
      "undecided",
    ],
    ["had another boot in a container", { ...one, boot: "0", pidNamespace: "o" }, machine({}), "undecided"],
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
      machine({ inspectBelow: () => [{ startTicks: 101 }] }),
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
    it(`is ${liveness} where the machine ${what}`, () => assert.equal(livenessOf(identity, where), liveness));
  }
});
