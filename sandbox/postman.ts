import type { Deliver } from "./delivery";
import type { Mail } from "./mail";
import type { Store } from "./store";

/** Sends the journeys' mails when they fall due by the sandbox's clock, one after the other, in their order. */
export class Postman {
  private round: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /**
   * @param deliver Without it, mails are in the outbox alone.
   * @param log Takes one line for each mail that could not be delivered.
   */
  constructor(
    private readonly store: Store,
    private readonly now: () => number,
    private readonly deliver: Deliver | undefined,
    private readonly log: (line: string) => void,
  ) {}

  /** Lets take effect and sends all that has fallen due. It is over when the last of it is delivered. */
  sendDue(): Promise<void> {
    this.store.late.catchUp();
    this.round = this.round.then(async () => {
      for (const due of this.store.outbox.dueBy(this.now())) {
        // It may have been aborted, or forgotten, while another was on its way.
        const mail = this.isClosed ? undefined : this.store.outbox.send(due);
        if (mail !== undefined) await this.hand(mail);
      }
      this.wake();
    });
    return this.round;
  }

  /** Sets the alarm for what falls due next. */
  wake(): void {
    clearTimeout(this.timer);
    const at = this.store.nextDueAt();
    if (at === undefined || this.isClosed) return;
    const leftMs = Math.min(Math.max(at - this.now(), 0), MAX_TIMEOUT_MS);
    this.timer = setTimeout(() => void this.sendDue(), leftMs);
    this.timer.unref();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private async hand(mail: Mail): Promise<void> {
    try {
      const place = await this.deliver?.(mail);
      if (place !== undefined) mail.deliveredTo = place;
    } catch (error) {
      const { name, message } = error as Error;
      mail.problem = `${message} (${name})`.replace(/\s+/g, " ");
      this.log(`Could not deliver mail ${mail.step} of journey ${mail.journeyId}: ${mail.problem}`);
    }
  }
}

/** Node's timers go no further. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
