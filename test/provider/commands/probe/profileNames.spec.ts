import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { profiles, readProfileFile, SANDBOX_KEY } from "mailmodo-sandbox";
import { PROBED, useProbes, useTemporaryFolder, type Probed } from "../../../support/probing";

const REFUSES_STARTS = /^(suppressed|paused|quota)-/;
/** The names of which each changes the same answer. */
const ASPECTS = [
  ["key-401", "key-401-bare", "key-200"],
  ["duplicate-400-ref", "duplicate-200", "duplicate-200-ref", "duplicate-accepted", "duplicate-ever-200-ref"],
  ["duplicate-ever"],
  ["ended-success", "ended-200", "ended-404"],
  ["unknown-success", "unknown-200", "unknown-404"],
  ["abort-last"],
];
const REFUSED = Object.keys(profiles).filter((name) => REFUSES_STARTS.test(name));

/** They change answers about contacts, or to starts for contacts that are suppressed. */
const OF_CONTACTS = /^(unsubscribed|contact|archived?|remove|resubscribe|add|start)-/;

const HIDDEN = [REFUSES_STARTS, /^limit-/, OF_CONTACTS];

describe("the probe's names of the sandbox's profiles", () => {
  const probe = useProbes();
  const folder = useTemporaryFolder();
  let files = 0;

  /** Probes a sandbox, and then one that plays the file that was written: both must look the same. */
  async function probeTwice(names: readonly string[], secondInstance: boolean): Promise<readonly string[]> {
    const out = path.join(folder(), `profile-${++files}.json`);
    const first = await probe({ profile: names, options: { secondInstance, out } });
    checkEnd(first);
    const text = fs.readFileSync(out, "utf8");
    assert.ok(!text.includes(SANDBOX_KEY) && !text.includes("secret"), text);
    const second = await probe({ profile: readProfileFile(out), options: { secondInstance } });
    checkEnd(second);
    const { file, ...seen } = first.result!;
    assert.equal(file, out);
    assert.deepEqual(second.result, seen);
    return seen.profiles;
  }

  for (const name of Object.keys(profiles).filter((one) => !HIDDEN.some((hidden) => hidden.test(one)))) {
    const isTwo = name === "abort-last";
    const how = isTwo ? " (by --second-instance: else no two instances run)" : "";
    it(`are exactly ${name} under ${name}${how}`, async () => {
      assert.deepEqual(await probeTwice([name], isTwo), [name]);
    });
  }

  for (const name of Object.keys(profiles).filter((one) => REFUSES_STARTS.test(one))) {
    it(`are exactly ${name} under ${name}, which lets nothing else of a start be seen`, async () => {
      assert.deepEqual(await probeTwice([name], false), [name]);
    });
  }

  for (const name of Object.keys(profiles).filter((one) => one.startsWith("limit-"))) {
    it(`are only default under ${name}, because the probe provokes no limit`, async () => {
      assert.deepEqual(await probeTwice([name], false), ["default"]);
    });
  }

  for (const name of Object.keys(profiles).filter((one) => OF_CONTACTS.test(one))) {
    it(`are only default under ${name}, because the probe asks nothing about contacts`, async () => {
      assert.deepEqual(await probeTwice([name], false), ["default"]);
    });
  }

  for (const [kind, name] of [
    ["429", "limit-*-429-seconds"],
    ["429-date", "limit-*-429-date"],
  ] as const) {
    it(`are ${name} where such a ${kind} came by itself, and its wait is kept`, async () => {
      for (const isOf of [2, 3, 4]) {
        const spoil = (nth: number) => (nth === isOf ? ({ kind, isPassedOn: false } as const) : undefined);
        const probed = await probe({ spoil });
        assert.deepEqual(probed.result?.profiles, [name]);
        assert.equal(probed.exitCode, 0);
        assert.deepEqual(probed.sandbox.running(), []);
        const { perSecond, status, retryAfter } = probed.result.profile["limit"] as Record<string, unknown>;
        assert.deepEqual([perSecond, status, retryAfter], [5, 429, name.slice("limit-*-429-".length)]);
      }
    });
  }

  for (const kind of ["307", "502-html", "hang"] as const) {
    it(`are none where every answer is ${kind}`, async () => {
      const { result } = await probe({ spoil: () => ({ kind, isPassedOn: false }) });
      assert.deepEqual(result?.profiles, []);
      assert.ok(result.rows.every(({ verdict }) => verdict !== "defect"));
    });
  }

  for (let seed = 1; seed <= 100; seed++) {
    const { names, secondInstance } = combination(seed);
    it(`are what can be seen of ${names.join(" ")}${secondInstance ? " by --second-instance" : ""}`, async () => {
      assert.deepEqual((await probeTwice(names, secondInstance)).toSorted(), visible(names, secondInstance).toSorted());
    });
  }
});

function checkEnd({ sandbox, starts, lines, result }: Probed): void {
  assert.deepEqual(sandbox.running(), [], "nothing runs afterwards");
  assert.ok(starts.length <= 3, `${starts.length} starts`);
  assert.ok(sandbox.instances().every(({ email }) => email === PROBED));
  for (const text of [...lines, JSON.stringify(result)])
    assert.ok(!text.includes(SANDBOX_KEY) && !text.includes("secret"), text);
}

/** A random choice of names that go together. */
function combination(seed: number): { names: string[]; secondInstance: boolean } {
  const generator = xoroshiro128plus(20261127 + seed);
  const below = (limit: number) => uniformInt(generator, 0, limit - 1);
  const names = ASPECTS.flatMap((aspect) => (below(3) === 0 ? [] : aspect[below(aspect.length)]!));
  const isEver = (name: string) => name === "duplicate-ever";
  // They say the same, or what is accepted cannot be a duplicate.
  const isAlone = names.includes("duplicate-ever-200-ref") || names.includes("duplicate-accepted");
  const some = names.filter((name) => !(isAlone && isEver(name)));
  return { names: below(10) === 0 ? [...some, REFUSED[below(REFUSED.length)]!] : some, secondInstance: below(3) === 0 };
}

function visible(names: readonly string[], secondInstance: boolean): string[] {
  const has = (name: string) => names.includes(name);
  const isRefused = names.some((name) => REFUSES_STARTS.test(name));
  const isBlind = has("unknown-success") && has("ended-success");
  const areTwo = secondInstance || has("duplicate-accepted");
  const seen = names.flatMap((name) => {
    if (isRefused) return REFUSES_STARTS.test(name) || /^(key|unknown)-/.test(name) ? name : [];
    if (name === "abort-last") return areTwo && !isBlind ? name : [];
    if (secondInstance && name === "duplicate-ever") return [];
    if (secondInstance && name === "duplicate-ever-200-ref") return "duplicate-200-ref";
    return name;
  });
  const isBoth = seen.includes("duplicate-200-ref") && seen.includes("duplicate-ever");
  const named = isBoth
    ? [...seen.filter((name) => !/^duplicate-(200-ref|ever)$/.test(name)), "duplicate-ever-200-ref"]
    : seen;
  return named.length === 0 ? ["default"] : named;
}
