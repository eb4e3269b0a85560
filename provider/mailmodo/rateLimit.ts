/** Leave to send one request. */
export interface Turn {
  /** When it was given or, once that is known, when the request was sent: milliseconds, by `performance.now`. */
  at: number;
  /** Whether its request has yet to leave. Until it has, or never will, it counts as if it left now. */
  isOpen: boolean;
}

/**
 * Holds calls to so many in any one second, whoever makes them. The window is strict: it is counted from the moments at
 * which requests were really sent, not from a schedule, so a process that was held up catches nothing up afterwards. That
 * is what the libraries at hand do not do; they count from fixed windows, or let a burst through. All times are by the
 * clock that nobody sets.
 */
export class RateLimit {
  /** The last turns, in the order in which they were given. */
  private given: Turn[] = [];
  private readonly waiting: ((turn: Turn) => void)[] = [];
  /** Ends each rest early. */
  private readonly resting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private pausedUntil = 0;
  /** The share of the limit that is used after Mailmodo asked for a slower pace. */
  private slowedTo = 1;
  /** The next turn is not given before this. */
  private spreadFrom = -Infinity;
  private isOver = false;
  /** So many in so long. */
  private readonly many: number;
  private readonly windowMs: number;

  /** @param perSecond A whole number from 1, or a fraction below 1: 0.5 is one call in two seconds. */
  constructor(readonly perSecond: number) {
    this.many = Math.max(1, perSecond);
    this.windowMs = (SECOND_MS * this.many) / perSecond + MARGIN_MS;
  }

  /** Lets everybody who waits go, now and from now on: for a process that ends, and will send nothing more. */
  letGo(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    for (const go of this.waiting.splice(0)) go({ at: performance.now(), isOpen: false });
    for (const wake of this.resting) wake();
  }

  /** Waits so long, in milliseconds, without a turn; false where everybody was let go before. */
  async rest(ms: number): Promise<boolean> {
    if (this.isOver) return false;
    let wake!: () => void;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, Math.ceil(ms));
    this.resting.add(wake);
    await woken;
    clearTimeout(timer);
    this.resting.delete(wake);
    return !this.isOver;
  }

  /** Waits for a turn. First come, first served. */
  turn(): Promise<Turn> {
    if (this.isOver) return Promise.resolve({ at: performance.now(), isOpen: false });
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.serve();
    });
  }

  /**
   * Mailmodo asked for a slower pace: nobody gets a turn for so long (at least a second, at most a minute), then everybody
   * at half the pace, which recovers by a tenth of the limit each second.
   */
  slowDown(askedMs = SECOND_MS): void {
    const now = performance.now();
    // Those that were on their way with it are told the same; it counts once.
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
      const turn = { at: now, isOpen: true };
      this.given.push(turn);
      this.spreadFrom = Math.max(this.spreadFrom, now - LATE_MS) + this.gapMs(now);
      this.waiting.shift()!(turn);
    }
  }

  private waitMs(now: number): number {
    return Math.max(this.pausedUntil, this.spreadFrom, this.freeFrom(now)) - now;
  }

  /** When the window has room for one more. */
  private freeFrom(now: number): number {
    if (this.given.length < this.many) return now;
    this.given = this.given.filter(({ at, isOpen }) => isOpen || at > now - this.windowMs);
    if (this.given.length < this.many) return now;
    const left = this.given.filter(({ isOpen }) => !isOpen).map(({ at }) => at);
    return left.length > 0 ? Math.min(...left) + this.windowMs : now + LOOK_AGAIN_MS;
  }

  /** Turns are spread over the window, a little closer than evenly so that a late timer costs none. */
  private gapMs(now: number): number {
    const share = this.share(now);
    return ((share < 1 ? 1 / share : 0.9) * this.windowMs) / this.many;
  }

  private share(now: number): number {
    const recovering = Math.max(0, now - this.pausedUntil) / SECOND_MS;
    return Math.min(1, this.slowedTo + RECOVERY_PER_SECOND * recovering);
  }
}

const SECOND_MS = 1000;
/** The way to Mailmodo takes now longer, now shorter: the second is that much longer. */
const MARGIN_MS = 20;
/** Where all of a window are on their way to be sent. */
const LOOK_AGAIN_MS = 20;
/** A timer's lateness, which may be caught up. */
const LATE_MS = 2;
/** Whoever was asked to come back later than in a minute has failed by then; the others find out for themselves. */
const MAX_PAUSE_MS = 60_000;
const MIN_SHARE = 0.1;
const RECOVERY_PER_SECOND = 0.1;

let shared = new RateLimit(1);

/** For a process that was told to stop: whoever waits for a turn learns of it at once. */
export function letAllGo(): void {
  shared.letGo();
}

/** The one limit of this process, for whatever it sends. */
export function sharedRateLimit(perSecond: number): RateLimit {
  if (shared.perSecond !== perSecond) shared = new RateLimit(perSecond);
  return shared;
}
