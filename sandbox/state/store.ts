import { Instances, type Instance } from "./instances";
import { Changes } from "./changes";
import type { Journeys } from "../mail/journeys";
import { LateEffects } from "./lateEffects";
import type { Mail } from "../mail/mail";
import { Outbox } from "../mail/outbox";
import { RequestLog, type LoggedRequest } from "./requestLog";

/**
 * All data of the sandbox, in memory only: instances, requests and messages. Reading it changes nothing. The server lets
 * late effects that are due happen before each request, and when its clock is moved.
 */
export class Store {
  readonly changes = new Changes();
  readonly instances: Instances;
  readonly outbox: Outbox;
  readonly log: RequestLog;
  readonly late: LateEffects;

  /**
   * @param now The clock, in milliseconds since 1970.
   * @param journeyDurationMs How long a journey without steps runs before it finishes by itself, in milliseconds.
   */
  constructor(now: () => number, journeyDurationMs: number, journeys: Journeys) {
    this.late = new LateEffects(now);
    const hasSteps = (journeyId: string) => journeys.has(journeyId.toLowerCase());
    this.instances = new Instances(this.late.now, journeyDurationMs, hasSteps, this.changes);
    this.outbox = new Outbox(this.instances, journeys, this.changes);
    this.log = new RequestLog(this.late.now, this.changes);
  }

  /** All instances, in the order of their starts. */
  all(): Instance[] {
    return this.instances.all();
  }

  /** All requests to the vendor's calls, in order. */
  requests(): readonly LoggedRequest[] {
    return this.log.all();
  }

  /** All messages that were sent, in order. */
  mails(): readonly Mail[] {
    return this.outbox.all();
  }

  /**
   * When the next message is due, or the next late effect, which may start a journey with steps. Undefined if nothing
   * is.
   */
  nextDueAt(): number | undefined {
    if (!this.outbox.hasJourneys) return undefined;
    const times = [...this.late.dueTimes(), this.outbox.nextDueAt()].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  reset(): void {
    for (const part of [this.instances, this.outbox, this.log, this.late]) part.clear();
    this.changes.reset();
  }
}
