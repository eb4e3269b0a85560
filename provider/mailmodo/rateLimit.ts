import { released, Permit } from "./permit";
import { SharedPace } from "./sharedPace";

/**
 * Limits the number of requests in any one second, across all callers. After a 429 it shares the limit with the other
 * runs that it then assumes: see {@link SharedPace}. The window slides and is strict: it counts from
 * the times at which requests were sent, not from a schedule. So a process that was delayed does not catch up
 * afterwards. The available libraries do not do that: they count fixed windows, or let a burst through. All times are
 * by the monotonic clock.
 */
export class RateLimit {
  /** The permits that still count, in the order in which they were granted. */
  private recent: Permit[] = [];
  private readonly waiting: ((permit: Permit) => void)[] = [];
  private readonly shared: SharedPace;
  /** How long the last request that was answered 429 was to wait. */
  private refusedUntil = -Infinity;
  /** Ends each rest early. */
  private readonly resting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private pausedUntil = 0;
  /** The share of the limit in use after Mailmodo asked for a slower pace: 1 is all of it. */
  private slowedTo = 1;
  /** The earliest time for the next permit. */
  private nextAt = -Infinity;
  /** Whether {@link releaseAll} was called. */
  isReleased = false;
  /** How many requests fit into the window. */
  private readonly capacity: number;
  private readonly windowMs: number;

  /**
   * @param perSecond A whole number from 1, or a fraction below 1: 0.5 is one request in two seconds.
   * @param random Spreads the requests of runs that share the limit. Default: Math.random.
   */
  constructor(
    readonly perSecond: number,
    random = Math.random,
  ) {
    this.capacity = Math.max(1, perSecond);
    this.windowMs = (SECOND_MS * this.capacity) / perSecond + MARGIN_MS;
    this.shared = new SharedPace(this.capacity, this.windowMs, random);
  }

  /** Ends every wait, now and in the future. For a process that is about to end and will send nothing more. */
  releaseAll(): void {
    this.isReleased = true;
    clearTimeout(this.timer);
    for (const resolve of this.waiting.splice(0)) resolve(released());
    for (const wake of this.resting) wake();
  }

  /** Waits without using a permit. Returns false if {@link releaseAll} ended the wait. */
  async rest(ms: number): Promise<boolean> {
    if (this.isReleased) return false;
    let wake!: () => void;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, Math.ceil(ms));
    this.resting.add(wake);
    await woken;
    clearTimeout(timer);
    this.resting.delete(wake);
    return !this.isReleased;
  }

  /**
   * Waits for a permit, in the order of the calls.
   *
   * @param isRetry Whether to go before all that wait. Default: false.
   */
  permit(isRetry = false): Promise<Permit> {
    if (this.isReleased) return Promise.resolve(released());
    return new Promise((resolve) => {
      if (isRetry) this.waiting.unshift(resolve);
      else this.waiting.push(resolve);
      this.serve();
    });
  }

  /** How long the next permit will take if no other call asks for one, and nothing is answered until then. */
  dueInMs(): number {
    return this.isReleased ? 0 : Math.max(0, this.waitMs(performance.now()));
  }

  /** Call it when a request was answered with anything but 429. */
  served(permit: Permit): void {
    this.shared.served(permit.at, performance.now(), permit.claim);
    this.reschedule();
  }

  /**
   * Call it when a request was answered 429: the limit has no room, for which nobody is to blame. Grants no permit for as
   * long as Mailmodo asks, at most a minute.
   *
   * @param askedMs How long Mailmodo asked to wait, in milliseconds.
   */
  refused(permit: Permit, askedMs: number): void {
    const now = performance.now();
    this.refusedUntil = Math.max(this.refusedUntil, now + askedMs);
    this.shared.refused(now, permit.claim);
    this.pausedUntil = Math.max(this.pausedUntil, now + Math.min(askedMs, MAX_PAUSE_MS));
    this.reschedule();
  }

  /** Whether a request was answered 429 in the last so many milliseconds, or still waits for as long as it was told to. */
  wasRefusedWithin(ms: number): boolean {
    return performance.now() - this.refusedUntil <= ms;
  }

  /**
   * Slows down because Mailmodo is overloaded (503). Grants no permit for the given time (at least a second, at most a
   * minute), and then grants permits at half the pace. The pace recovers by a tenth of the limit each second.
   *
   * @param askedMs How long Mailmodo asked to wait, in milliseconds. Default: a second.
   */
  slowDown(askedMs = SECOND_MS): void {
    const now = performance.now();
    // Requests in flight get the same answer, so it counts only once.
    if (now >= this.pausedUntil) this.slowedTo = Math.max(MIN_SHARE, this.share(now) / 2);
    const pauseMs = Math.min(Math.max(askedMs, SECOND_MS), MAX_PAUSE_MS);
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
  }

  /** An answer may have changed when the next permit is due. */
  private reschedule(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.serve();
  }

  private serve(): void {
    while (this.timer === undefined && this.waiting.length > 0) {
      const now = performance.now();
      const wait = this.waitMs(now);
      if (wait > 0) {
        this.timer = setTimeout(() => {
          this.timer = undefined;
          this.serve();
        }, Math.ceil(wait));
        return;
      }
      const permit = new Permit(now);
      permit.claim = this.shared.claim(now);
      this.recent.push(permit);
      this.nextAt = Math.max(this.nextAt, now - LATE_MS) + this.gapMs(now);
      this.waiting.shift()!(permit);
    }
  }

  private waitMs(now: number): number {
    return Math.max(this.pausedUntil, this.nextAt, this.shared.dueAt(), this.freeFrom(now)) - now;
  }

  /** When the window has room for one more request. */
  private freeFrom(now: number): number {
    if (this.recent.length < this.capacity) return now;
    this.recent = this.recent.filter(({ at, isPending }) => isPending || at > now - this.windowMs);
    if (this.recent.length < this.capacity) return now;
    const sent = this.recent.filter(({ isPending }) => !isPending).map(({ at }) => at);
    return sent.length > 0 ? Math.min(...sent) + this.windowMs : now + CHECK_AGAIN_MS;
  }

  /**
   * The time between two permits. It is a little shorter than an even spread over the window, so that a late timer
   * costs none.
   */
  private gapMs(now: number): number {
    const share = this.share(now);
    return ((share < 1 ? 1 / share : 0.9) * this.windowMs) / this.capacity;
  }

  private share(now: number): number {
    const recovering = Math.max(0, now - this.pausedUntil) / SECOND_MS;
    return Math.min(1, this.slowedTo + RECOVERY_PER_SECOND * recovering);
  }
}

const SECOND_MS = 1000;
/** Requests take varying times to reach Mailmodo, so the window is this much longer than a second. */
const MARGIN_MS = 20;
/** How soon to check again if every permit of the window is still pending. */
const CHECK_AGAIN_MS = 20;
/** How much of a timer's lateness may be made up for. */
const LATE_MS = 2;
/** For longer, no request waits because of another one's answer. Its own answer may make it wait longer. */
const MAX_PAUSE_MS = 60_000;
const MIN_SHARE = 0.1;
const RECOVERY_PER_SECOND = 0.1;
