import { setImmediate, setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../state/clock";
import type { Store } from "../state/store";
import type { Timekeeper } from "../state/timekeeper";
import type { Deliver, Mail } from "./mail";

/** The longest delay of Node's timers. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** So many messages are sent before other requests are looked at. */
const AT_ONCE = 200;
/** After a message could not be recorded, such as on a full disk. */
const RETRY_MS = 5_000;
/** How long a close waits for a message that is being delivered. */
const CLOSE_MS = 3_000;

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly timekeeper: Timekeeper;
  /** Delivers a message. Undefined: messages are only in the outbox. */
  readonly deliver: Deliver | undefined;
  /** Receives one line for each message that could not be delivered. */
  readonly log: (line: string) => void;
}

/** Sends the journeys' messages when they are due by the sandbox's clock, one at a time, in order. */
export class Postman {
  private round: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;
  private isClosed = false;
  /** Once it no longer waits for what is being delivered. The store is closed then. */
  private hasGivenUp = false;

  constructor(private readonly parts: Parts) {}

  /**
   * Does all that is due. Resolves when the last message is delivered.
   *
   * @throws What keeps a message from being recorded.
   */
  sendDue(): Promise<void> {
    const sent = this.round.then(() => this.sendAll());
    this.round = sent.catch(() => undefined);
    return sent;
  }

  /** Sets the timer for what is due next, if a journey sends messages or somebody is to see what happens. */
  scheduleNext(delayMs = 0): void {
    const { store, clock } = this.parts;
    const isNeeded = store.schedule.hasJourneys || store.changes.isWatched;
    const at = isNeeded && !this.isClosed ? (store.nextDueAt() ?? Infinity) : Infinity;
    if (at === this.timerAt && delayMs === 0) return;
    clearTimeout(this.timer);
    this.timerAt = at;
    if (at === Infinity) return;
    const leftMs = Math.min(Math.max(at - clock.now(), delayMs), MAX_TIMEOUT_MS);
    this.timer = setTimeout(() => void this.wake(), leftMs);
    this.timer.unref();
  }

  /** Ends after the message that is being delivered, or after {@link CLOSE_MS}, whichever is first. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    const waiting = new AbortController();
    const late = wait(CLOSE_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.round, late]);
    waiting.abort();
    this.hasGivenUp = true;
  }

  private async wake(): Promise<void> {
    this.timerAt = Infinity;
    try {
      await this.sendDue();
    } catch (error) {
      this.parts.log((error as Error).message);
      this.scheduleNext(RETRY_MS);
    }
  }

  private async sendAll(): Promise<void> {
    const { store, clock, timekeeper, deliver } = this.parts;
    for (let count = 1; !this.isClosed; count++) {
      const at = store.schedule.nextMail?.at ?? Infinity;
      // What happens before a message comes before it: a late abort stops it, and a late start may have an earlier one.
      timekeeper.catchUp(Math.min(at, clock.now()));
      const due = store.schedule.nextMail;
      if (due === undefined || due.at > clock.now()) break;
      if (due.at > at) continue;
      const mail = store.outbox.send(due);
      if (mail !== undefined && deliver !== undefined) await this.deliver(mail, deliver);
      if (count % AT_ONCE === 0) await setImmediate();
    }
    this.scheduleNext();
  }

  private async deliver(mail: Mail, deliver: Deliver): Promise<void> {
    const { store, log } = this.parts;
    try {
      const deliveredTo = await deliver(mail);
      if (!this.hasGivenUp) store.outbox.delivered(mail, { deliveredTo });
    } catch (error) {
      if (this.hasGivenUp) return;
      const { name, message } = error as Error;
      const problem = `${message} (${name})`.replace(/\s+/g, " ");
      store.outbox.delivered(mail, { problem });
      log(`Could not deliver message ${mail.step} of journey ${mail.journeyId}: ${problem}`);
    }
  }
}
