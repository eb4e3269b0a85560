import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { procStat } from "../../../provider/processes/linux";
import { identify, livenessOf, type ProcessIdentity } from "../../../provider/processes/processIdentity";
import { thisMachine } from "../../../provider/processes/thisMachine";
import { useChildProcesses } from "../../support/childProcesses";
import { inNamespaces, type Namespace } from "../../support/namespaces";

// There is nothing like it elsewhere.
(process.platform === "linux" ? describe : describe.skip)("what the kernel of Linux tells of a process", () => {
  const { start, sleeping, end } = useChildProcesses();

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

  const module = path.join(__dirname, "../../../provider/dist/processes/processIdentity.js");

  /** Starts a program in namespaces of its own, which says who it is. */
  async function inContainer(kinds: readonly Namespace[]): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
    const script = `console.log(JSON.stringify(require(${JSON.stringify(module)}).identify())); process.stdin.resume()`;
    const child = await start(inNamespaces(kinds, [process.execPath, "-e", script]));
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    return { child, identity: JSON.parse(String(line)) as ProcessIdentity };
  }

  /** How a process in namespaces of its own judges another one. */
  async function judged(kinds: readonly Namespace[], identity: ProcessIdentity, prepare = "true"): Promise<string> {
    const file = JSON.stringify(__filename);
    const liveness = `console.log(require(${JSON.stringify(module)}).livenessOf(${JSON.stringify(identity)}, ${file}))`;
    const command = ["sh", "-c", `${prepare} && exec "$@"`, "sh", process.execPath, "-e", liveness];
    const child = await start(inNamespaces(kinds, command));
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    return String(line).trim();
  }

  for (const [where, kinds] of [
    ["counts its ids from 1", ["pid"]],
    ["counts its ids from 1, and its time from another boot", ["pid", "time"]],
  ] as const) {
    it(`tells from outside what became of one that ${where}`, async () => {
      const { child, identity } = await inContainer(kinds);
      assert.equal(identity.pid, 1);
      assert.equal(livenessOf(identity), "alive");
      child.stdin!.end();
      await once(child, "exit");
      assert.equal(livenessOf(identity), thisMachine().seesAll ? "dead" : "undecided");
    });
  }

  it("decides nothing from inside of one that is outside", async () =>
    assert.equal(await judged(["pid"], identify()!), "undecided"));

  it("tells from a time namespace that one outside of it lives, and that an earlier one of its id has ended", async () => {
    const identity = identify()!;
    assert.equal(await judged(["time"], identity), "alive");
    assert.equal(await judged(["time"], { ...identity, startTicks: identity.startTicks! - 2 }), "dead");
  });

  it("does not take a clone of its machine, with another boot, for the machine after a reboot", async () => {
    const boot = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "boot-")), "boot_id");
    fs.writeFileSync(boot, "11111111-2222-3333-4444-555555555555\n");
    try {
      const bind = `mount --bind ${boot} /proc/sys/kernel/random/boot_id`;
      assert.equal(await judged(["mount"], identify()!, bind), "undecided");
    } finally {
      fs.rmSync(path.dirname(boot), { recursive: true });
    }
  });

  it("takes one of an earlier boot of this machine as dead, by a note on the machine's own disk", () => {
    const earlier = { ...identify()!, boot: "an earlier one", startedAt: 0 };
    const machine = thisMachine();
    const isProven = machine.seesAll && machine.location.machineId !== undefined && machine.isOnLocalDisk(__filename);
    assert.equal(livenessOf(earlier, __filename), isProven ? "dead" : "undecided");
    assert.equal(livenessOf(earlier, "/proc/self/stat"), "undecided");
    assert.equal(livenessOf(earlier), "undecided");
  });

  const hideProc = "mount -t tmpfs none /proc";

  it("decides nothing without /proc, whether the other one had it or not", async () => {
    const child = await sleeping();
    const { host, pid, startedAt, ...more } = identify(child.pid)!;
    for (const identity of [
      { host, pid, ...more },
      { host, pid, startedAt: startedAt! },
      { host, pid, startedAt: startedAt!, pidNamespace: "hidden" },
    ]) {
      assert.equal(await judged(["mount"], identity, hideProc), "undecided");
    }
    await end(child);
    assert.equal(await judged(["mount"], { host, pid, startedAt: startedAt! }, hideProc), "undecided");
  });

  it("knows itself without /proc", async () => {
    const own = `const { identify, isSameProcess } = require(${JSON.stringify(module)}); console.log(isSameProcess(identify()));`;
    const command = ["sh", "-c", `${hideProc} && exec "$@"`, "sh", process.execPath, "-e", own];
    const [line] = (await once((await start(inNamespaces(["mount"], command))).stdout!, "data")) as [Buffer];
    assert.equal(String(line), "true\n");
  });
});
