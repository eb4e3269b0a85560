import { Ticker } from "./ticker";

/**
 * Says that enrollments wait because Mailmodo answers 429: otherwise a run could stand still for minutes without a word.
 * One line a minute, however many wait. The contacts of a cohort have their progress lines.
 */
export class SlowDownNotice {
  private readonly ticker = new Ticker(() => this.tick());
  private printedAt = -Infinity;

  /** @param note Says so, if it is the case. */
  constructor(private readonly note: () => string | undefined) {}

  /** Prints lines while the work is going on. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.ticker.during(work);
  }

  private tick(): void {
    const now = performance.now();
    if (now - this.printedAt < AGAIN_AFTER_MS) return;
    const note = this.note();
    if (note === undefined) return;
    this.printedAt = now;
    console.log(note);
  }
}

const AGAIN_AFTER_MS = 60_000;
