/** What a request claims of a shared limit: the place of an earlier request of this run, or a new place. */
export type Claim = "place" | "new";

/**
 * The pace of a run whose limit is shared: other runs use the same key, and nobody says how many. Off until a 429.
 *
 * A served request counts for a second, then its place is free again. So the run takes the same place again right after
 * that, and keeps it until it is refused there: a place in use costs no collisions, as in reservation ALOHA (Crowther et
 * al. 1973). From time to time it tries for one more place (additive increase). The more places it has, the more often it
 * gives one back unasked (multiplicative decrease). By both, runs come to the same number of places, whatever they are set
 * to, as Chiu and Jain (1989) have shown for such rules. Runs that have no place try at intervals that grow with each
 * refusal and shrink with each success (MACAW, Bharghavan et al. 1994), and shrink while they wait. A run that has one
 * place gives it back after a while, for longer if it had to wait itself, so that all take turns.
 *
 * All intervals are random within bounds, so that runs do not collide again and again. The numbers are the outcome of a
 * search on the simulation in `bench/sharedKey.ts`. All times are by the monotonic clock, in milliseconds.
 */
export class SharedPace {
  private isShared = false;
  /** When each place is free again, in ascending order. */
  private places: number[] = [];
  /** When the last requests that were served were sent: one more than fit into the run's own window. */
  private sentAt: number[] = [];
  private nextTryAt = 0;
  private tryEveryMs = FIRST_TRY_EVERY_MS;
  /** How many requests in a row were served in a place. */
  private streak = 0;
  /** Since when the run has wanted to send what is refused. */
  private wantedAt: number | undefined;
  /** How long a request waits for a place, on average. */
  private waitMs = 0;
  private servedAt: number | undefined;
  private refusedAt = -Infinity;

  /**
   * @param capacity How many requests fit into the run's own window.
   * @param windowMs The length of that window.
   * @param random Numbers from 0 to 1.
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
    const [place = Infinity] = this.places;
    if (place <= now) {
      this.wantedAt ??= place;
      this.places.shift();
      return "place";
    }
    this.wantedAt ??= now;
    this.nextTryAt = now + this.tryInterval(now);
    return "new";
  }

  /** @param sentAt When the request was sent. */
  served(sentAt: number, now: number, claim: Claim | undefined): void {
    this.sentAt = [...this.sentAt, sentAt].slice(-this.capacity - 1);
    if (!this.isShared) return;
    if (this.hasAll()) return this.end();
    this.waitMs += AVERAGING * (Math.max(0, sentAt - (this.wantedAt ?? sentAt)) - this.waitMs);
    this.wantedAt = undefined;
    this.servedAt = now;
    this.streak += 1;
    if (claim === "new") {
      this.tryEveryMs = Math.max(this.shortestTryMs(), this.tryEveryMs * SHRINK);
      this.nextTryAt = Math.min(this.nextTryAt, now + this.tryInterval(now));
    }
    if (this.shouldGiveBack(now)) this.giveBack(sentAt + PLACE_MS);
    else this.keep(sentAt + PLACE_MS);
  }

  refused(now: number, claim: Claim | undefined): void {
    this.refusedAt = now;
    if (!this.isShared) return this.begin(now);
    this.wantedAt ??= now;
    if (claim === "new") this.tryEveryMs = Math.min(LONGEST_TRY_EVERY_MS, this.tryEveryMs * GROW);
    if (claim !== "place") return;
    this.streak = 0;
    this.tryEveryMs *= SHRINK_ON_LOSS;
    this.nextTryAt = Math.min(this.nextTryAt, now + this.tryInterval(now) * SOONER_ON_LOSS);
  }

  /** The run goes on with the places of what was served in the last second. */
  private begin(now: number): void {
    this.isShared = true;
    this.tryEveryMs = FIRST_TRY_EVERY_MS;
    this.places = this.sentAt.filter((at) => at > now - PLACE_MS).map((at) => at + PLACE_MS);
    this.sentAt = [];
    this.wantedAt = now;
    this.nextTryAt = now + this.tryInterval(now) * LATER_AT_FIRST;
  }

  private shouldGiveBack(now: number): boolean {
    const { length } = this.places;
    if (length === 0) return this.streak >= LONGEST_STREAK;
    return this.random() < GIVE_BACK * (length / (length + 1)) * this.contention(now);
  }

  private giveBack(freeAt: number): void {
    const tryAt = freeAt + PLACE_MS * GIVE_BACK_FOR * this.random();
    const turnMs = this.streak * this.waitMs * WAIT_AS_OTHERS * (0.5 + this.random());
    this.nextTryAt = this.places.length === 0 ? tryAt + turnMs : Math.min(this.nextTryAt, tryAt);
    this.streak = 0;
  }

  private keep(freeAt: number): void {
    this.places.push(freeAt);
    this.places.sort((a, b) => a - b);
  }

  /** Whether the run has had all of its own limit for a while, so that nobody else needs it. */
  private hasAll(): boolean {
    const [first = 0, ...rest] = this.sentAt;
    return rest.length >= this.capacity && rest.at(-1)! - first < this.windowMs * ALONE;
  }

  private end(): void {
    this.isShared = false;
    this.places = [];
    this.streak = 0;
    this.wantedAt = undefined;
    this.servedAt = undefined;
  }

  private tryInterval(now: number): number {
    const waited = this.servedAt === undefined ? 0 : Math.max(0, now - this.servedAt);
    const impatience = Math.max(MOST_IMPATIENT, 1 - (IMPATIENCE * waited) / this.tryEveryMs);
    const mean = Math.max(this.shortestTryMs(), this.tryEveryMs * impatience * Math.max(0.1, this.contention(now)));
    return Math.max((0.9 * this.windowMs) / this.capacity, mean * (1 + JITTER * (this.random() - 0.5)));
  }

  /** From 1, right after a refusal, to 0. */
  private contention(now: number): number {
    return Math.max(0, 1 - (now - this.refusedAt) / QUIET_MS);
  }

  private shortestTryMs(): number {
    return SHORTEST_TRY_EVERY_MS / (1 + PER_PLACE * this.places.length);
  }
}

/** How long a place is taken: a second, and what requests may differ in the time that they take to reach Mailmodo. */
const PLACE_MS = 1030;
const ALONE = 1.1;
const FIRST_TRY_EVERY_MS = 3500;
const LONGEST_TRY_EVERY_MS = 3100;
const SHORTEST_TRY_EVERY_MS = 73;
const PER_PLACE = 0.37;
const GROW = 1.7;
const SHRINK = 0.75;
const SHRINK_ON_LOSS = 0.825;
const SOONER_ON_LOSS = 0.33;
const LATER_AT_FIRST = 2.1;
const IMPATIENCE = 0.32;
const JITTER = 0.67;
const LONGEST_STREAK = 10;
const GIVE_BACK = 1.09;
const QUIET_MS = 6000;
const MOST_IMPATIENT = 0.4;
const GIVE_BACK_FOR = 0.23;
const WAIT_AS_OTHERS = 0.26;
const AVERAGING = 0.31;
