// Several runs that share one key, on a moved clock: the client's own pace and retries against the sandbox's own limit.
import FakeTimers from "@sinonjs/fake-timers";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { inParallel } from "../provider/async/inParallel";
import { Deadline } from "../provider/mailmodo/deadline";
import type { Outcome } from "../provider/mailmodo/outcome";
import type { Permit } from "../provider/mailmodo/permit";
import { RateLimit } from "../provider/mailmodo/rateLimit";
import { withRetries } from "../provider/mailmodo/retry";
import { Window } from "../sandbox/server/throttle";

/** Runs that are alike. */
interface Runs {
  readonly runs: number;
  readonly contacts: number;
  /** `mailmodo:requestsPerSecond` of each. */
  readonly perSecond: number;
  /** When they begin, in seconds. Default: 0. */
  readonly atSeconds?: number;
}

export interface Sharing {
  readonly groups: readonly Runs[];
  /** The limit of the key. */
  readonly limit: number;
  /** Whether a 429 says how long to wait, in whole seconds rounded up. Default: false. */
  readonly saysRetryAfter?: boolean;
}

/** What sharing came to. */
export interface Shared {
  /** How long each run took, in seconds, by group. */
  readonly seconds: readonly (readonly number[])[];
  /** From the beginning to the end of the last run, as a multiple of the shortest possible time. */
  readonly toFloor: number;
  /** How long the slowest run took, as a multiple of what the fastest one took. */
  readonly lastToFirst: number;
  /** The share of requests that were answered 429. */
  readonly refused: number;
  readonly failed: number;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Both ways. */
const LATENCY_MS = 60;
/** Runs of one moment begin within this time. */
const APART_MS = 200;

/** Plays the runs on a clock that is moved. The same seed gives the same result. */
export async function share(sharing: Sharing, seed: number): Promise<Shared> {
  const clock = FakeTimers.install({ now: 0, toFake: ["setTimeout", "clearTimeout", "performance"] });
  const realRandom = Math.random;
  const random = randomFrom(seed);
  Math.random = random;
  try {
    const played = new Played(sharing, random);
    let isOver = false;
    const all = played.all().finally(() => (isOver = true));
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isOver) clock.next();
    }
    return await all;
  } finally {
    Math.random = realRandom;
    clock.uninstall();
  }
}

class Played {
  private readonly window = new Window();
  private requests = 0;
  private refusals = 0;
  private failed = 0;

  constructor(
    private readonly sharing: Sharing,
    private readonly random: () => number,
  ) {}

  async all(): Promise<Shared> {
    const { groups, limit } = this.sharing;
    const seconds = await Promise.all(
      groups.map((group) => Promise.all(Array.from({ length: group.runs }, () => this.run(group)))),
    );
    const contacts = groups.reduce((sum, group) => sum + group.runs * group.contacts, 0);
    return {
      seconds,
      toFloor: performance.now() / 1000 / (contacts / limit),
      lastToFirst: Math.max(...seconds.flat()) / Math.min(...seconds.flat()),
      refused: this.refusals / this.requests,
      failed: this.failed,
    };
  }

  /** @returns How long it took, in seconds. */
  private async run({ contacts, perSecond, atSeconds = 0 }: Runs): Promise<number> {
    await sleep(atSeconds * 1000 + APART_MS * this.random());
    const began = performance.now();
    const pace = new RateLimit(perSecond, this.random);
    await inParallel(Array.from({ length: contacts }), async () => {
      const limits = { deadline: new Deadline(), pace, requestTimeoutMs: REQUEST_TIMEOUT_MS };
      const outcome = await withRetries(
        (permit) => this.send(permit),
        ({ kind }) => kind === "slowDown",
        limits,
      );
      if (outcome.kind !== "accepted") this.failed += 1;
    });
    return (performance.now() - began) / 1000;
  }

  private async send(permit: Permit): Promise<Outcome> {
    permit.markSent();
    const latencyMs = LATENCY_MS * (0.5 + this.random());
    await sleep(latencyMs / 2);
    this.requests += 1;
    const now = performance.now();
    const freeAt = this.window.take(this.sharing.limit, now);
    await sleep(latencyMs / 2);
    if (freeAt === undefined) return { kind: "accepted", message: "", answer: {} };
    this.refusals += 1;
    const retryAfterMs = Math.ceil((freeAt - now) / 1000) * 1000;
    return { kind: "slowDown", status: 429, ...(this.sharing.saysRetryAfter ? { retryAfterMs } : {}) };
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Numbers from 0 to 1. */
function randomFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}
