import assert from "node:assert/strict";
import { FAULT_KINDS, SANDBOX_KEY } from "mailmodo-sandbox";
import { Started } from "../../../../provider/commands/probe/started";
import { requestOf } from "../../../../provider/mailmodo/client";
import { sendOnce } from "../../../../provider/mailmodo/transport";
import type { Spoiled } from "../../../support/gateway";
import { journeyId } from "../../../support/journeyId";
import { useMovableClock } from "../../../support/movableClock";
import { PROBED, useProbes, type Probed } from "../../../support/probing";
import { useSandbox } from "../../../support/sandbox";
import { connectionTo } from "../../../support/vendor";

/** The requests of a probe, in order. */
const STEPS = [
  "wrong key",
  "start",
  "second start",
  "abort",
  "abort again",
  "abort of an unknown instance",
  "start after the abort",
  "abort by address",
  "abort by address again",
  "invalid address",
  "unknown journey",
];

const STARTS: readonly string[] = ["start", "second start", "start after the abort"];

const SPOILED: readonly Spoiled[] = [
  ...(["hang", "reset", "500", "502-html", "403-html", "empty", "503-envelope"] as const).flatMap((kind) =>
    [true, false].map((isPassedOn) => ({ kind, isPassedOn })),
  ),
  { kind: "no-ref", isPassedOn: true },
];

describe("what the probe started", function () {
  this.timeout(20_000);
  const probe = useProbes();

  for (const [index, step] of STEPS.entries()) {
    for (const what of SPOILED) {
      // An abort has no id, and its refusal by a page starts nothing.
      if (["no-ref", "403-html"].includes(what.kind) && !STARTS.includes(step)) continue;
      it(`has ended after ${what.kind}, ${what.isPassedOn ? "passed on" : "not passed on"}, at the ${step}`, async () => {
        // In turn, under one that lets one instance run, and under one that lets as many run as it can.
        const profile = (index + SPOILED.indexOf(what)) % 2 === 0 ? [] : ["duplicate-accepted", "abort-last"];
        const probed = await probe({ profile, spoil: (nth) => (nth === index + 1 ? what : undefined) });
        checkEnd(probed);
        assert.equal(probed.exitCode, 1);
      });
    }
  }

  for (const kind of FAULT_KINDS) {
    for (const on of ["start", "abort"] as const) {
      if (kind === "no-ref" && on === "abort") continue;
      it(`has ended after the sandbox's ${kind} at the first ${on}`, async () => {
        const lateMs = kind === "late" ? { lateMs: 42_000 } : {};
        const prepare = (sandbox: Probed["sandbox"]) => void sandbox.addFault({ kind, on, count: 1, ...lateMs });
        const probed = await probe({ prepare });
        await probed.sandbox.moveClock({ advanceSeconds: 120 });
        checkEnd(probed);
      });
    }
  }

  it("has ended after a crash at each step", async () => {
    for (let step = 1; step <= STEPS.length; step++) {
      let asked = 0;
      const onLine = (line: string) => {
        if (line.startsWith("Asked: ") && ++asked === step) throw new Error("The step crashed.");
      };
      const probed = await probe({ onLine });
      checkEnd(probed);
      assert.equal(probed.exitCode, 1);
      assert.ok(probed.lines.includes("The step crashed."));
    }
  });

  it("is named with what to do, and by the exit code, where Mailmodo takes no abort any more", async () => {
    const probed = await probe({ spoil: (nth) => (nth >= 3 ? { kind: "500", isPassedOn: false } : undefined) });
    assert.equal(probed.exitCode, 3);
    const [instance] = probed.sandbox.runningInstances();
    const [first = "", second = "", ...more] = probed.result?.mayStillRun ?? [];
    assert.deepEqual(more, [], "the second start may run, too");
    assert.ok(first.includes(`(instance ${instance?.instanceId}). End it in Mailmodo.`), first);
    assert.match(second, /It may still run, .* for p\*{3}@seeds\.example\.com\. End it in Mailmodo\.$/);
  });

  it("is named, by the exit code too, where every abort of what runs is refused, and no phrase is offered", async () => {
    const spoil = (nth: number) => (nth >= 4 ? ({ kind: "locked", isPassedOn: false } as const) : undefined);
    const probed = await probe({ spoil });
    const [instance] = probed.sandbox.runningInstances();
    assert.equal(probed.exitCode, 3);
    const [line = "", ...more] = probed.result?.mayStillRun ?? [];
    assert.deepEqual(more, []);
    assert.ok(line.includes(`(instance ${instance?.instanceId}). End it in Mailmodo.`), line);
    assert.equal(probed.result?.command, undefined);
    const verdictOf = (name: string) => probed.result?.rows.find(({ situation }) => situation === name)?.verdict;
    assert.equal(verdictOf("an abort by instance id"), "fix");
    assert.equal(verdictOf("an abort of what has ended"), "not asked");
    assert.equal(verdictOf("an abort by address"), "fix");
  });

  it("is not concluded to be once, ever, where the abort before the next start was refused", async () => {
    const spoil = (nth: number) => (nth === 4 ? ({ kind: "locked", isPassedOn: false } as const) : undefined);
    const probed = await probe({ spoil });
    assert.deepEqual(probed.sandbox.running(), []);
    assert.deepEqual(probed.result?.profiles.includes("duplicate-ever"), false);
    assert.equal(probed.result?.profile["duplicateMeans"], undefined);
    assert.equal(probed.starts.length, 2);
  });

  it("is said to be unknown where the first start was sent twice on the way, as its answer is that it runs already", async () => {
    const probed = await probe({ spoil: (nth) => (nth === 2 ? { kind: "twice", isPassedOn: true } : undefined) });
    assert.equal(probed.exitCode, 1);
    assert.equal(probed.sandbox.running().length, 1);
    assert.match(
      probed.lines.find((line) => line.startsWith("By Mailmodo's words")) ?? "",
      /a journey may run for the address that the probe did not knowingly start: .* end there what should not run\.$/,
    );
    const row = probed.result?.rows.find(({ name }) => name === "start");
    assert.match(row?.note ?? "", /^a journey may run that the probe did not start: end it in Mailmodo/);
  });

  it("is named where a proxy answers the start and every abort with a page of its own", async () => {
    const probed = await probe({
      spoil: (nth) => (nth >= 2 ? { kind: "403-html", isPassedOn: nth === 2 } : undefined),
    });
    assert.equal(probed.exitCode, 3);
    assert.equal(probed.sandbox.running().length, 1);
    assert.match(
      probed.result?.mayStillRun[0] ?? "",
      /It may still run, .* for p\*{3}@seeds\.example\.com\. End it in/,
    );
  });

  it("is nothing where the first start is refused, and the address of others is left alone", async () => {
    const prepare = async (sandbox: Probed["sandbox"]) => {
      const body = { email: "probe+secret@seeds.example.com" };
      await sandbox.post("/hooks/start/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5", body);
    };
    const probed = await probe({ prepare });
    assert.equal(probed.sandbox.running().length, 1);
    assert.equal(probed.exitCode, 1);
    assert.ok(probed.gateway.paths.length < STEPS.length);
  });
});

describe("a start that was announced, and whose call broke off", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });

  it("has ended also where it takes effect late", async () => {
    sandbox().addFault({ kind: "late", on: "start", lateMs: 50_000, status: 504, count: 1 });
    const connect = () => ({ ...connectionTo(sandbox().url, SANDBOX_KEY), log: () => undefined });
    const started = new Started(journeyId, PROBED);
    started.announceStart();
    // It may have been sent long after that: the pace held it back.
    clock.tick(30_000);
    const connection = connect();
    const permit = await connection.pace.permit();
    await sendOnce(connection, requestOf("start", journeyId, { email: PROBED, data: {} }), permit);
    assert.deepEqual(await clock.settle(started.endAll(connect)), []);
    clock.tick(3_600_000);
    assert.deepEqual([sandbox().running(), started.count], [[], 0]);
  });
});

function checkEnd({ sandbox, starts, lines, result }: Probed): void {
  assert.deepEqual(sandbox.running(), [], lines.join("\n"));
  assert.ok(starts.length <= 3, `${starts.length} starts`);
  assert.deepEqual(result?.mayStillRun ?? [], []);
  for (const line of lines) assert.ok(!line.includes(SANDBOX_KEY) && !line.includes("secret"), line);
}
