import assert from "node:assert/strict";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import {
  ALWAYS_TAKE_EFFECT,
  type Fault,
  FAULT_KINDS,
  type FaultKind,
  type Profile,
  profileOf,
  profiles,
  readProfileFile,
  VENDOR_CALLS,
  type VendorCall,
} from "mailmodo-sandbox";

/** One life of a fault matrix. */
export interface Life {
  readonly profile: string;
  readonly fault: Fault;
  readonly allowDuplicateEmail: boolean;
  /** Whether the answer to the first start is lost as well, so that it can only be aborted by address. Default: no. */
  readonly isStartLost?: boolean;
}

const SEED = 20261126;

/** Mailmodo's profiles: all that have a name; or, with PROFILE_FILE, the one of that file alone. */
export const MATRIX_PROFILES: ReadonlyMap<string, Profile> = profilesFor(process.env["PROFILE_FILE"]);

function profilesFor(file: string | undefined): Map<string, Profile> {
  if (file === undefined) return new Map(Object.keys(profiles).map((name) => [name, profileOf([name])]));
  // The journey of the tests is not that of the probe; so each is known.
  return new Map([["of the file", { ...readProfileFile(file), journeys: [] }]]);
}

/**
 * The lives of a fault matrix, by profile: all of them with MATRIX=full, else a sample that has each fault, each profile
 * and each call. MATRIX_SEED takes another sample than the usual one.
 *
 * @param rounds How often each fault is in a sample: each time under another profile, with duplicates and without.
 * @param calls The calls that go wrong.
 */
export function livesOf(
  env: NodeJS.ProcessEnv,
  rounds: number,
  calls: readonly VendorCall[] = ["start", "abort"],
): { lives: Map<string, Life[]>; title: string } {
  const faults = faultsOn(calls);
  const names = [...MATRIX_PROFILES.keys()].filter((name) => concerns(name, calls));
  const duplicates = calls.includes("start") ? [false, true] : [false];
  const all = allOf(names, faults, duplicates);
  const seed = Number(env["MATRIX_SEED"] ?? SEED);
  const isFull = env["MATRIX"] === "full";
  const some = isFull ? all : sample(names, faults, duplicates, seed, rounds);
  const lives = new Map(
    names.map((name, nth) => {
      const isOfJourneys = calls.includes("start") && calls.includes("abort");
      const lateAborts = isOfJourneys ? lateAbortsOf(name, nth, isFull) : [];
      return [name, [...some.filter(({ profile }) => profile === name), ...lateAborts]];
    }),
  );
  assert.ok(
    [...lives.values()].every(({ length }) => length > 0),
    "every profile is in it",
  );
  assert.equal(new Set(some.map(({ fault }) => fault)).size, faults.length, "every fault is in it");
  const what = `${names.length} profiles x ${faults.length} faults${duplicates.length > 1 ? " x 2" : ""}, where possible: ${all.length} lives`;
  // Those with a late abort by address come on top.
  const title = isFull ? what : `${some.length} of ${what} (MATRIX_SEED=${seed}; MATRIX=full takes all)`;
  return { lives, title };
}

/** Aborts by address that take effect late: all of them, or another one for each profile. */
function lateAbortsOf(profile: string, nth: number, isFull: boolean): Life[] {
  const faults = variants("late").map((variant): Fault => ({ kind: "late", on: "abort", count: 1, ...variant }));
  const some = isFull ? faults : [faults[nth % faults.length]!];
  return some.map((fault) => ({ profile, fault, allowDuplicateEmail: false, isStartLost: true }));
}

/** Every kind of fault, on each call, after it took effect or instead of it, once or for a while. */
function faultsOn(calls: readonly VendorCall[]): Fault[] {
  return FAULT_KINDS.flatMap((kind) =>
    calls.flatMap((on) =>
      effects(kind, on).flatMap((takesEffect) =>
        variants(kind).flatMap((variant) =>
          [1, 3].map((count): Fault => ({ kind, on, takesEffect, count, ...variant })),
        ),
      ),
    ),
  );
}

/** Whether the call can have taken effect, or not, when its answer goes wrong; no fault is a lie. */
function effects(kind: FaultKind, on: VendorCall): boolean[] {
  if (kind === "no-ref" && on !== "start") return [];
  return kind === "reset-before" || ALWAYS_TAKE_EFFECT.includes(kind) ? [true] : [true, false];
}

function variants(kind: FaultKind): Partial<Fault>[] {
  if (kind === "delay") return [{ delayMs: 1 }];
  if (kind === "gateway") return [{ status: 502 }, { status: 503 }, { status: 504 }];
  // Soon, and so late that with the time for which a request may be on its way it is just within a minute.
  const late = [{ lateMs: 9_000 }, { lateMs: 42_000 }];
  if (kind === "late") return late.flatMap((when) => [when, { ...when, status: 503 as const }]);
  return [{}];
}

/** The calls whose answers a field of a profile changes. One that is not here changes those of starts and aborts. */
const CALLS_OF: Partial<Record<keyof Profile, readonly VendorCall[]>> = {
  wrongKey: VENDOR_CALLS,
  limit: VENDOR_CALLS,
  contactUnknown: ["getContactDetails"],
  archived: ["getContactDetails"],
  addArchived: ["addToList"],
  archiveUnknown: ["archiveContact"],
  listUnknown: ["removeFromList"],
  removeUnknown: ["removeFromList"],
  resubscribeUnknown: ["resubscribe"],
};

/** Whether a profile changes how one of the calls is answered. The default one counts as well. */
function concerns(name: string, calls: readonly VendorCall[]): boolean {
  const changed = Object.keys(profiles[name] ?? {}) as (keyof Profile)[];
  const answered = changed.flatMap((field): readonly VendorCall[] => CALLS_OF[field] ?? ["start", "abort"]);
  return changed.length === 0 || answered.some((call) => calls.includes(call));
}

function allOf(names: readonly string[], faults: readonly Fault[], duplicates: readonly boolean[]): Life[] {
  return names
    .flatMap((profile) =>
      faults.flatMap((fault) => duplicates.map((allowDuplicateEmail) => ({ profile, fault, allowDuplicateEmail }))),
    )
    .filter(isPossible);
}

/**
 * A 503 in Mailmodo's own envelope is its word that it did not act. Where it breaks its word and takes a second start of
 * the address for a first, nobody could tell.
 */
function isPossible({ profile, fault: { kind, on }, allowDuplicateEmail }: Life): boolean {
  const isBrokenWord = kind === "503-after-envelope" && on === "start";
  return !(isBrokenWord && MATRIX_PROFILES.get(profile)?.duplicate === "accepted" && !allowDuplicateEmail);
}

/** Each fault with and without duplicates in each round, the profiles dealt out to them like cards. */
function sample(
  names: readonly string[],
  faults: readonly Fault[],
  duplicates: readonly boolean[],
  seed: number,
  rounds: number,
): Life[] {
  const generator = xoroshiro128plus(seed);
  const shuffled = <T>(items: readonly T[]): T[] => {
    const rest = [...items];
    return items.map(() => rest.splice(uniformInt(generator, 0, rest.length - 1), 1)[0]!);
  };
  let deck: string[] = [];
  return Array.from({ length: rounds }).flatMap(() =>
    duplicates.flatMap((allowDuplicateEmail) =>
      shuffled(faults).map((fault) => {
        let life: Life;
        do {
          if (deck.length === 0) deck = shuffled(names);
          life = { profile: deck.pop()!, fault, allowDuplicateEmail };
        } while (!isPossible(life));
        return life;
      }),
    ),
  );
}
