import { RateLimit } from "../../mailmodo/rateLimit";

/** One request a second, for the whole probe. */
export class Pace {
  private limit: RateLimit;

  /** @param perSecond The limit of the settings. The probe never takes more than one a second. */
  constructor(perSecond: number) {
    this.limit = new RateLimit(Math.min(1, perSecond));
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
