import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { waitNotice } from "../../../../provider/commands/probe/waitNotice";
import type { Spoiled } from "../../../support/gateway";
import { useProbes, useTemporaryFolder } from "../../../support/probing";

const RESET: Spoiled = { kind: "reset", isPassedOn: false };
/** What a person who probes cannot do, or what the probe takes no notice of. */
const OF_OTHERS = /pulumi up|pulumi destroy|mailmodo:slowDownTimeoutMinutes|mailmodo:requestsPerSecond/;

function slowDown(retryAfter: string, kind: "429" | "503-envelope" = "429"): Spoiled {
  return { kind, isPassedOn: false, retryAfter };
}

describe("the probe's line about a wait", () => {
  const probe = useProbes();
  const folder = useTemporaryFolder();

  /** A probe's lines, and when each came. */
  async function linesOf(spoil: (nth: number) => Spoiled | undefined, out?: string) {
    const times: number[] = [];
    const onLine = () => void times.push(Date.now());
    const probed = await probe({ spoil, onLine, options: out === undefined ? {} : { out } });
    return { ...probed, times };
  }

  it("comes at once where a call is answered 429, and says for how long it waits", async () => {
    const { lines, times, exitCode } = await linesOf((nth) => (nth === 2 ? slowDown("60") : undefined));
    const at = lines.indexOf("Mailmodo asks to slow down: waiting 60 s.");
    assert.match(lines[at + 1] ?? "", /^Asked: a start,/);
    assert.ok(times[at]! - times[at - 1]! < 3_000, "at once");
    assert.ok(times[at + 1]! - times[at]! >= 60_000, "before the wait");
    assert.equal(exitCode, 0);
  });

  it("comes within seconds, and then once in a while, where Mailmodo does not say for how long", async () => {
    const { lines, times, exitCode } = await linesOf((nth) => (nth >= 2 ? slowDown("") : undefined));
    const waits = lines.flatMap((line, at) =>
      /^Mailmodo asks to slow down: waiting \d s\.$/.test(line) ? times[at]! : [],
    );
    const asked = times[lines.indexOf("Asked: a wrong key.")]!;
    assert.ok(waits[0]! - asked <= 8_000, `${waits[0]! - asked} ms`);
    assert.ok(waits.length >= 5 && waits.length <= 40, lines.join("\n"));
    for (const [index, at] of waits.slice(1).entries()) assert.ok(at - waits[index]! <= 20_000);
    assert.equal(exitCode, 1);
  });

  it("comes where the next call has to wait, because one was answered 503", async () => {
    const { lines, times } = await linesOf((nth) => (nth === 6 ? slowDown("45", "503-envelope") : undefined));
    const at = lines.findIndex((line) => /^Mailmodo asks to slow down: waiting 4[45] s\.$/.test(line));
    assert.ok(at > 0, lines.join("\n"));
    assert.ok(times[at + 1]! - times[at]! >= 44_000, "before the wait");
  });

  it("comes where the abort at the end has to wait, too", async () => {
    const spoil = (nth: number) => (nth === 4 ? RESET : nth === 5 ? slowDown("60") : undefined);
    const { lines, sandbox } = await linesOf(spoil);
    const ending = lines.indexOf("Ending what the probe started.");
    assert.equal(lines[ending + 1], "Mailmodo asks to slow down: waiting 60 s.");
    assert.deepEqual(sandbox.running(), []);
  });

  it("is followed, where the time is used up, by an error with what to do now, and there is no file", async () => {
    const out = path.join(folder(), "slow.json");
    const { lines, exitCode } = await linesOf(() => slowDown("60"), out);
    assert.equal(exitCode, 1);
    assert.equal(lines.filter((line) => line === "Mailmodo asks to slow down: waiting 60 s.").length, 1);
    assert.match(
      lines.at(-2) ?? "",
      /^Could not abort journey .*: Mailmodo asked to slow down \(429\) for (120 s|2 min)\. Another run may use the same key: probe again when it is done\.$/,
    );
    assert.equal(
      lines.at(-1),
      "No file was written: not every call was answered. --json prints what was seen, as profile.",
    );
    assert.ok(lines.every((line) => !OF_OTHERS.test(line)));
    assert.ok(!fs.existsSync(out));
  });

  it("is none where Mailmodo asks for more than there is time: that is the error at once", async () => {
    const { lines } = await linesOf(() => slowDown("300"));
    assert.ok(lines.every((line) => !line.includes("waiting")));
    assert.match(lines.at(-1) ?? "", /\(429\) for 5 min\. Another run may use the same key: probe again/);
  });

  it("says only what may still run, where the abort at the end was asked to wait for too long", async () => {
    const { lines, result, exitCode } = await linesOf((nth) => (nth >= 4 ? slowDown("300") : undefined));
    assert.equal(exitCode, 3);
    assert.match(
      result?.mayStillRun.join("\n") ?? "",
      /^.*: Mailmodo asked to slow down \(429\) for 5 min\. It may still run, and send mail: .* End it in Mailmodo\.$/,
    );
    assert.ok([...lines, ...(result?.mayStillRun ?? [])].every((line) => !OF_OTHERS.test(line)));
  });

  for (const [why, everyMs, waits, expected] of [
    ["permit", 1_000, [1_020, 1_020, 1_020, 1_020], []],
    ["permit", 10_000, [10_020], []],
    ["permit", 10_000, [12_000], ["Mailmodo asks to slow down: waiting 12 s."]],
    ["slowDown", 10_000, [8_000], ["Mailmodo asks to slow down: waiting 8 s."]],
    ["retry", 1_000, [2_999], []],
    ["retry", 1_000, [3_000], ["There was no clear answer: waiting 3 s to ask again."]],
    ["retry", 1_000, [1_000, 1_500, 2_000], ["There was no clear answer: waiting 2 s to ask again."]],
  ] as const) {
    it(`is "${expected.join(" ")}" for waits of ${waits.join(", ")} ms, at a request every ${everyMs} ms: ${why}`, () => {
      const lines: string[] = [];
      const notice = waitNotice(everyMs, (line) => lines.push(line));
      for (const ms of waits) notice(ms, why);
      assert.deepEqual(lines, expected);
    });
  }
});
