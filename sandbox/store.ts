import { Instances, type Instance } from "./instances";
import type { Journeys } from "./journeys";
import { LateEffects } from "./lateEffects";
import type { Mail } from "./mail";
import { Outbox } from "./outbox";
import { RequestLog, type LoggedRequest } from "./requestLog";

/**
 * All that the sandbox holds, in memory only: what runs and ended, what was asked, what was sent. Its parts change nothing
 * when they are read. What a late call does by the clock is done before anything is asked of the whole, and of a request.
 */
export class Store {
  readonly instances: Instances;
  readonly outbox: Outbox;
  readonly log: RequestLog;
  readonly late: LateEffects;

  /**
   * @param now The clock, in milliseconds since 1970.
   * @param journeyDurationMs How long a journey runs before it finishes by itself, if its mails are not known.
   */
  constructor(now: () => number, journeyDurationMs: number, journeys: Journeys) {
    this.late = new LateEffects(now);
    const hasMails = (journeyId: string) => journeys.has(journeyId.toLowerCase());
    this.instances = new Instances(this.late.now, journeyDurationMs, hasMails);
    this.outbox = new Outbox(this.instances, journeys);
    this.log = new RequestLog(this.late.now);
  }

  /** All instances, in the order of their starts. */
  all(): Instance[] {
    this.late.catchUp();
    return this.instances.all();
  }

  /** All requests to the two calls, in their order. */
  requests(): readonly LoggedRequest[] {
    return this.log.all();
  }

  /** All mails that were sent, in their order. */
  mails(): readonly Mail[] {
    return this.outbox.all();
  }

  /** When the next mail falls due, or the next late call takes effect, which may be a start of a journey with mails. */
  nextDueAt(): number | undefined {
    if (!this.outbox.hasJourneys) return undefined;
    const times = [...this.late.times(), this.outbox.nextDueAt()].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  reset(): void {
    for (const part of [this.instances, this.outbox, this.log, this.late]) part.clear();
  }
}
