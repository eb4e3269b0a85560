import type { Calls } from "./calls";
import type { Clock } from "./clock";
import type { Store } from "./store";

/** How many ends are recorded at once. */
const ENDS_AT_ONCE = 1_000;

/** Lets late calls act and journeys end when they are due by the sandbox's clock. */
export class Timekeeper {
  private isActing = false;

  constructor(
    private readonly store: Store,
    private readonly calls: Calls,
    private readonly clock: Clock,
  ) {}

  /**
   * Does what is due, in order of time.
   *
   * @param until In milliseconds since 1970. Default: now.
   */
  catchUp(until = this.clock.now()): void {
    if (this.isActing) return;
    this.isActing = true;
    try {
      while (this.next() <= until) this.step(until);
    } finally {
      this.isActing = false;
    }
  }

  private next(): number {
    const { late, schedule } = this.store;
    return Math.min(late.next?.at ?? Infinity, schedule.nextEnd?.at ?? Infinity);
  }

  private step(until: number): void {
    const { late, schedule, instances } = this.store;
    const call = late.next;
    const ends = schedule.endsBy(Math.min(until, call?.at ?? Infinity), ENDS_AT_ONCE);
    if (ends.length > 0) instances.finish(ends);
    else if (call !== undefined) this.store.actAt(call.at, { lateDone: call }, () => void this.calls.act(call));
  }
}
