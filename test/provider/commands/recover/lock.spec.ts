import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { RunFile } from "../../../../provider/journal/runFile";
import { identify, type ProcessIdentity } from "../../../../provider/processes/processIdentity";
import { freeLocks, notedSince, type LockOptions } from "../../../../provider/commands/recover/lock";
import { nextCommands } from "../../../../provider/commands/recover/nextCommands";
import type { Stack } from "../../../../provider/pulumi/stack";
import type { Lock } from "../../../../provider/pulumi/stackLock";
import { thisMachine } from "../../../../provider/processes/thisMachine";
import { deadProcess } from "../../../support/deadProcess";

describe("the lock of a run", () => {
  const freed: (readonly Lock[])[] = [];
  beforeEach(() => void freed.splice(0));

  const inBucket: Lock = {
    owner: "ann",
    host: os.hostname(),
    pid: 7,
    at: Date.now(),
    url: "s3://states/.pulumi/locks/o/p/test/1.json",
  };
  const lockOf = ({ pid, host }: ProcessIdentity, more: Partial<Lock> = {}): Lock => ({
    ...inBucket,
    pid,
    host,
    at: Date.now(),
    ...more,
  });
  const noted = (engine: ProcessIdentity): RunFile => ({
    file: "1.jsonl",
    notes: [],
    damaged: 0,
    header: {
      stack: { backend: "b", project: "p", stack: "test", organization: "o" },
      plugin: deadProcess(),
      engine,
      since: Date.now(),
    },
  });
  const free = (lock: Lock, options: Partial<LockOptions> = {}) =>
    freeLocks([lock], {
      stack: { name: "test", free: async (locks: readonly Lock[]) => void freed.push(locks) } as unknown as Stack,
      secretsProvider: undefined,
      runs: [],
      again: nextCommands({ stack: "test", env: {} }).again,
      log: () => undefined,
      ...options,
    });
  const isOver = /has ended, run this again with --run-is-over\.$/;

  it("is freed if a note names its engine and that one is dead", async () => {
    const engine = { ...deadProcess(), startedAt: Date.now() - 1_000 };
    assert.equal(await free(lockOf(engine), { runs: [noted(engine)] }), true);
    assert.equal(freed.length, 1);
  });

  it("stays if a note names its engine and that one lives, whatever the user asserts", async () => {
    const engine = { ...identify()!, startedAt: Date.now() - 1_000 };
    const options = { runs: [noted(engine)], runIsOver: true, lockDeadAfterMs: 0 };
    await assert.rejects(free(lockOf(engine), options), /which is still running\..*pulumi cancel --stack test/);
    assert.deepEqual(freed, []);
  });

  it("is said to be recovered then by the command that recovers", async () => {
    const engine = { ...identify()!, startedAt: Date.now() - 1_000 };
    const again = (option = "") => `run it ${option}`;
    await assert.rejects(free(lockOf(engine), { runs: [noted(engine)], again }), /--stack test\. Then run it \.$/);
    await assert.rejects(free(inBucket, { again }), /has ended, run it --run-is-over\.$/);
  });

  it("stays if its file is damaged, unless its run is asserted to be over, or it is old enough", async () => {
    const damaged: Lock = { ...inBucket, owner: "unknown", host: "unknown", pid: 0, isDamaged: true };
    await assert.rejects(
      free(damaged),
      /^Error: The stack test is locked by an unknown run: its lock file is damaged, probably by a kill or a power cut\. The run began at \S+Z\. Wait for it; or, if you know that it has ended, run this again with --run-is-over\.$/,
    );
    const lines: string[] = [];
    assert.equal(await free(damaged, { runIsOver: true, log: (line) => lines.push(line) }), true);
    assert.deepEqual(lines, ["Freed the lock of a run that has ended (which its damaged file did not name)."]);
    assert.equal(await free({ ...damaged, at: Date.now() - 2_000 }, { lockDeadAfterMs: 1_000 }), true);
  });

  it("says since when each start has a note, if a journal file is of its run", () => {
    const engine = { ...deadProcess(), startedAt: Date.now() - 1_000 };
    const lock = lockOf(engine);
    assert.equal(notedSince([lock], [noted(engine)]), lock.at + 2_000);
    for (const [locks, runs] of [
      [[], [noted(engine)]],
      [[lock], []],
      [[lock, inBucket], [noted(engine)]],
    ] as const)
      assert.equal(notedSince(locks, runs), undefined);
  });

  it("is not taken for that of an engine with the same id that ran at another time", async () => {
    const engine = { ...deadProcess(), startedAt: Date.now() - 60_000 };
    for (const at of [engine.startedAt - 10_000, Date.now() + 10_000]) {
      await assert.rejects(free(lockOf(engine, { at }), { runs: [noted(engine)] }), isOver);
    }
  });

  it("is undecided if only a host's name and a free id identify its run", async () => {
    const { pid, host } = deadProcess();
    await assert.rejects(
      free({ ...inBucket, pid, host }),
      /^Error: The stack test is locked by ann@\S+ \(pid \d+\), and nothing proves that this run has ended: .* The run began at \S+Z\./,
    );
    await assert.rejects(free({ ...inBucket, host: "runner-7" }), /\(pid 7\), on another machine\. The run began at/);
    await assert.rejects(
      free({ owner: "", host: "", pid: 0, at: Infinity, url: "" }),
      /^Error: Pulumi Cloud says that the stack test is being updated/,
    );
    assert.deepEqual(freed, []);
  });

  it("is freed then by its age, or by the word of a person", async () => {
    const old = { ...inBucket, host: "runner-7", at: Date.now() - 7_200_000 };
    await assert.rejects(free(old, { lockDeadAfterMs: 7_300_000 }), isOver);
    assert.equal(await free(old, { lockDeadAfterMs: 7_100_000 }), true);
    assert.equal(await free({ ...inBucket, host: "runner-7" }, { runIsOver: true }), true);
    await assert.rejects(
      free({ ...old, at: Infinity }, { lockDeadAfterMs: 0 }),
      isOver,
      "without a time it has no age",
    );
  });

  it("is undecided, not alive, with the id of the machine's own first process, whatever can be seen of that", async function () {
    if (process.platform !== "linux" || !thisMachine().seesAll) this.skip();
    const ofContainer = { ...inBucket, host: os.hostname(), pid: 1, at: Date.now() };
    await assert.rejects(free(ofContainer), isOver);
    assert.equal(await free(ofContainer, { runIsOver: true }), true);
  });

  const isAlive = /which is still running/;
  // Where other containers' processes are hidden, the id may be one of theirs.
  const copied = thisMachine().seesAll ? isAlive : isOver;
  // The kernel names a process after the file of its program.
  for (const [what, name, lateMs, liveness, isInBucket] of [
    ["stays with a CLI behind a wrapper, as Nix has it", ".pulumi-wrapped", 1_000, isAlive, false],
    ["stays with a CLI that was copied to another name", "iac", 1_000, copied, false],
    ["is undecided with a process of another name that began later", "node", -60_000, isOver, false],
    ["is undecided with a process of another name if another machine may have written it", "node", 1_000, isOver, true],
    ["is undecided with a CLI that seems to have begun later: the clock was set", "pulumi", -60_000, isOver, false],
  ] as const) {
    it(what, async function () {
      if (process.platform !== "linux") this.skip();
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lock-"));
      const [program, file] = [path.join(folder, name), path.join(folder, "1.json")];
      fs.copyFileSync("/bin/sleep", program);
      fs.chmodSync(program, 0o755);
      fs.writeFileSync(file, "{}");
      const cli = spawn(program, ["60"]);
      await once(cli, "spawn");
      try {
        const { pid, host } = { ...identify()!, pid: cli.pid! };
        await assert.rejects(
          free({
            ...inBucket,
            pid,
            host,
            at: Date.now() + lateMs,
            ...(isInBucket ? {} : { url: pathToFileURL(file).href }),
          }),
          liveness,
        );
        assert.deepEqual(freed, []);
        if (liveness === isOver)
          assert.equal(await free({ ...inBucket, pid, host, at: Date.now() + lateMs }, { runIsOver: true }), true);
      } finally {
        cli.kill();
        fs.rmSync(folder, { recursive: true });
      }
    });
  }

  it("is freed where it is a file of this machine's own disk, and no process here has the id, in whichever container", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lock-"));
    const file = path.join(folder, "1.json");
    fs.writeFileSync(file, "{}");
    const { pid, host } = deadProcess();
    const freeing = free({ ...inBucket, pid, host, url: `${pathToFileURL(file).href}?no_tmp_dir=true` });
    if (thisMachine().seesAll) assert.equal(await freeing, true);
    else await assert.rejects(freeing, isOver);
    fs.rmSync(folder, { recursive: true });
  });
});
