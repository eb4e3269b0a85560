/** What a request claims of a shared limit: the place of an earlier request of this run, or a new place. */
export type Claim = "place" | "new";

/**
 * The pace of a run whose limit is shared: other runs use the same key, and nothing says how many. Off until a 429.
 *
 * A served request counts for a second; then its place is free again. So the run takes that place again right
 * afterwards, until it is refused there: a place in use costs no collisions, as in reservation ALOHA (Crowther et al.
 * 1973). From time to time the run tries for one more place (additive increase). The more places it has, the more often
 * it gives one back (multiplicative decrease). By both, runs come to about the same number of places, whatever they are
 * set to, as Chiu and Jain (1989) have shown for such rules. The time between two tries grows with each refusal, and
 * shrinks with each success and with each place lost, as in MACAW (Bharghavan et al. 1994). It is random within bounds, so
 * that two runs do not collide again and again.
 *
 * The numbers below are the outcome of a search on the simulation in `bench/sharedKey.ts`. Times are by the monotonic
 * clock, in milliseconds.
 */
export class SharedPace {
  private isShared = false;
  /** When the places are free again, in ascending order. */
  private places: number[] = [];
  /**
   * When the last requests that were served were sent. One more than fit into the run's own window count; the others are
   * removed once there are as many of them, because to copy the rest each time would be quadratic.
   */
  private sentAt: number[] = [];
  private nextTryAt = 0;
  private tryEveryMs = FIRST_TRY_EVERY_MS;
  private refusedAt = -Infinity;

  /**
   * @param capacity How many requests fit into the run's own window.
   * @param windowMs The length of that window.
   * @param random Gives numbers from 0 to 1.
   */
  constructor(
    private readonly capacity: number,
    private readonly windowMs: number,
    private readonly random: () => number,
  ) {}

  /** When the next request may be sent. */
  dueAt(): number {
    return this.isShared ? Math.min(this.nextTryAt, this.places[0] ?? Infinity) : -Infinity;
  }

  /** Call it when a permit is granted. */
  claim(now: number): Claim | undefined {
    if (!this.isShared) return undefined;
    if (this.places.length > 0 && this.places[0]! <= now) {
      this.places.shift();
      return "place";
    }
    this.nextTryAt = now + this.tryIntervalMs();
    return "new";
  }

  /** @param sentAt When the request was sent. */
  served(sentAt: number, now: number, claim: Claim | undefined): void {
    this.sentAt.push(sentAt);
    if (this.sentAt.length > 2 * (this.capacity + 1)) this.sentAt = this.lastSent();
    if (!this.isShared) return;
    if (this.hasAll()) {
      this.isShared = false;
      return;
    }
    if (claim === "new") {
      this.tryEveryMs = Math.max(this.shortestTryMs(), this.tryEveryMs * SHRINK);
      this.tryBefore(now + this.tryIntervalMs());
    }
    const freeAt = sentAt + PLACE_MS;
    if (this.shouldGiveBack(now)) this.tryBefore(freeAt + PLACE_MS * GIVE_BACK_FOR * this.random());
    else this.places = [...this.places, freeAt].sort((a, b) => a - b);
  }

  refused(now: number, claim: Claim | undefined): void {
    this.refusedAt = now;
    if (!this.isShared) {
      this.begin(now);
    } else if (claim === "new") {
      this.tryEveryMs = Math.min(LONGEST_TRY_EVERY_MS, this.tryEveryMs * GROW);
    } else if (claim === "place") {
      this.tryEveryMs *= SHRINK_ON_LOSS;
      this.tryBefore(now + this.tryIntervalMs());
    }
  }

  /** The run goes on with the places of what was served in the last second. */
  private begin(now: number): void {
    this.isShared = true;
    this.places = this.lastSent()
      .map((at) => at + PLACE_MS)
      .filter((freeAt) => freeAt > now);
    this.sentAt = [];
    this.tryEveryMs = FIRST_TRY_EVERY_MS;
    this.nextTryAt = now + this.tryIntervalMs() * FIRST_TRY_LATER;
  }

  private tryBefore(at: number): void {
    this.nextTryAt = Math.min(this.nextTryAt, at);
  }

  /** Whether the run has had all of its own limit for a while, so that nobody else needs it. */
  private hasAll(): boolean {
    const first = this.sentAt.at(-this.capacity - 1);
    return first !== undefined && this.sentAt.at(-1)! - first < this.windowMs * ALONE;
  }

  private lastSent(): number[] {
    return this.sentAt.slice(-this.capacity - 1);
  }

  /** A run keeps its only place, and all of its places once it has not been refused for a while. */
  private shouldGiveBack(now: number): boolean {
    const { length } = this.places;
    const contention = Math.max(0, 1 - (now - this.refusedAt) / QUIET_MS);
    return this.random() < GIVE_BACK * (length / (length + 1)) * contention;
  }

  private tryIntervalMs(): number {
    const mean = Math.max(this.shortestTryMs(), this.tryEveryMs);
    return Math.max((0.9 * this.windowMs) / this.capacity, mean * (1 + JITTER * (this.random() - 0.5)));
  }

  /** A run with many places recovers faster, or it would take minutes to come back to a high limit. */
  private shortestTryMs(): number {
    return SHORTEST_TRY_EVERY_MS / (1 + SHORTER_PER_PLACE * this.places.length);
  }
}

/** After this time a place is taken again. What is above a second lets other runs in between. */
const PLACE_MS = 1080;
/** How much longer than its own window the run may have needed for what fits into it. */
const ALONE = 1.13;
const FIRST_TRY_EVERY_MS = 2000;
const FIRST_TRY_LATER = 2.7;
const LONGEST_TRY_EVERY_MS = 3600;
const SHORTEST_TRY_EVERY_MS = 130;
const SHORTER_PER_PLACE = 0.4;
const GROW = 2.3;
const SHRINK = 0.77;
const SHRINK_ON_LOSS = 0.83;
const JITTER = 0.52;
const GIVE_BACK = 0.72;
/** For how long a place is given back at most, as a share of {@link PLACE_MS}. */
const GIVE_BACK_FOR = 0.16;
/** After so long without a refusal, nothing is given back. */
const QUIET_MS = 4000;
