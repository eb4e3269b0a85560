/** Leave to send one request. */
export class Permit {
  /** Until its request is sent, or never will be, it counts as if it were sent now. */
  isPending = true;

  /** @param at When it was given or, once that is known, when the request was sent: in milliseconds, by `performance.now`. */
  constructor(public at = performance.now()) {}

  /** The request leaves now. */
  markSent(): void {
    this.at = performance.now();
    this.isPending = false;
  }

  /** The request was sent, or never will be. */
  release(): void {
    this.isPending = false;
  }
}

/**
 * Holds requests to so many in any one second, whoever sends them. The window slides and is strict: it is counted from
 * the moments at which requests were sent, not from a schedule, so a process that was held up catches nothing up
 * afterwards. The libraries at hand do not give that: they count fixed windows, or let a burst through. All times are by
 * the monotonic clock.
 */
export class RateLimit {
  /** The permits that still count, in the order in which they were given. */
  private recent: Permit[] = [];
  private readonly waiting: ((permit: Permit) => void)[] = [];
  /** Ends each rest early. */
  private readonly resting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private pausedUntil = 0;
  /** The share of the limit that is used after Mailmodo asked for a slower pace. */
  private slowedTo = 1;
  /** The next permit is not given before this. */
  private nextAt = -Infinity;
  private isReleased = false;
  /** How many requests fit into the window. */
  private readonly capacity: number;
  private readonly windowMs: number;

  /** @param perSecond A whole number from 1, or a fraction below 1: 0.5 is one request in two seconds. */
  constructor(readonly perSecond: number) {
    this.capacity = Math.max(1, perSecond);
    this.windowMs = (SECOND_MS * this.capacity) / perSecond + MARGIN_MS;
  }

  /** Ends every wait, now and from now on: for a process that is about to end and will send nothing more. */
  releaseAll(): void {
    this.isReleased = true;
    clearTimeout(this.timer);
    for (const resolve of this.waiting.splice(0)) resolve(released());
    for (const wake of this.resting) wake();
  }

  /** Waits so long, in milliseconds, without a permit; false if {@link releaseAll} ended the wait. */
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

  /** Waits for a permit. First come, first served. */
  permit(): Promise<Permit> {
    if (this.isReleased) return Promise.resolve(released());
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.serve();
    });
  }

  /**
   * Mailmodo asked for a slower pace: no permit is given for so long (at least a second, at most a minute), then they are
   * given at half the pace, which recovers by a tenth of the limit each second.
   */
  slowDown(askedMs = SECOND_MS): void {
    const now = performance.now();
    // Requests in flight get the same answer; it counts once.
    if (now >= this.pausedUntil) this.slowedTo = Math.max(MIN_SHARE, this.share(now) / 2);
    const pauseMs = Math.min(Math.max(askedMs, SECOND_MS), MAX_PAUSE_MS);
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
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
      this.recent.push(permit);
      this.nextAt = Math.max(this.nextAt, now - LATE_MS) + this.gapMs(now);
      this.waiting.shift()!(permit);
    }
  }

  private waitMs(now: number): number {
    return Math.max(this.pausedUntil, this.nextAt, this.freeFrom(now)) - now;
  }

  /** When the window has room for one more. */
  private freeFrom(now: number): number {
    if (this.recent.length < this.capacity) return now;
    this.recent = this.recent.filter(({ at, isPending }) => isPending || at > now - this.windowMs);
    if (this.recent.length < this.capacity) return now;
    const sent = this.recent.filter(({ isPending }) => !isPending).map(({ at }) => at);
    return sent.length > 0 ? Math.min(...sent) + this.windowMs : now + LOOK_AGAIN_MS;
  }

  /** Permits are spread over the window, a little closer than evenly so that a late timer costs none. */
  private gapMs(now: number): number {
    const share = this.share(now);
    return ((share < 1 ? 1 / share : 0.9) * this.windowMs) / this.capacity;
  }

  private share(now: number): number {
    const recovering = Math.max(0, now - this.pausedUntil) / SECOND_MS;
    return Math.min(1, this.slowedTo + RECOVERY_PER_SECOND * recovering);
  }
}

/** A permit that no request is sent with. */
function released(): Permit {
  const permit = new Permit();
  permit.release();
  return permit;
}

const SECOND_MS = 1000;
/** Requests take now longer, now shorter to reach Mailmodo: the second is that much longer. */
const MARGIN_MS = 20;
/** When to look again where every permit of the window is still pending. */
const LOOK_AGAIN_MS = 20;
/** A timer's lateness, which may be caught up. */
const LATE_MS = 2;
/** A request that was asked to wait longer has failed by then; the others find out for themselves. */
const MAX_PAUSE_MS = 60_000;
const MIN_SHARE = 0.1;
const RECOVERY_PER_SECOND = 0.1;
