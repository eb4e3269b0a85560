import { RateLimit } from "../../mailmodo/rateLimit";

/** One request a second, or less, for the whole probe. */
export class Pace {
  /** The time between two requests, in milliseconds. */
  readonly everyMs: number;
  private limit: RateLimit;

  /** @param perSecond The limit of the settings. The probe never takes more than one a second. */
  constructor(perSecond: number) {
    const ownPerSecond = Math.min(1, perSecond);
    this.limit = new RateLimit(ownPerSecond);
    this.everyMs = 1000 / ownPerSecond;
  }

  get current(): RateLimit {
    return this.limit;
  }

  /** Ends every wait, such as that for a Retry-After. What is sent after it keeps its distance to what was sent before. */
  interrupt(): void {
    const before = this.limit;
    this.limit = new RateLimit(before.perSecond);
    // It counts as if it were sent now.
    void this.limit.permit().then((permit) => permit.markSent());
    before.releaseAll();
  }
}
