import type { Deliver, Mail } from "./mail";
import type { Store } from "../state/store";

/** Sends the journeys' messages when they are due by the sandbox's clock, one at a time, in order. */
export class Postman {
  private round: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /**
   * @param deliver Delivers a message. Undefined: messages are only in the outbox.
   * @param log Receives one line for each message that could not be delivered.
   */
  constructor(
    private readonly store: Store,
    private readonly now: () => number,
    private readonly deliver: Deliver | undefined,
    private readonly log: (line: string) => void,
  ) {}

  /** Runs the late effects and sends the messages that are due. Resolves when the last one is delivered. */
  sendDue(): Promise<void> {
    this.store.late.catchUp();
    this.round = this.round.then(async () => {
      for (const due of this.store.outbox.dueBy(this.now())) {
        // Its instance may have been aborted or cleared during the delivery of another message.
        const mail = this.isClosed ? undefined : this.store.outbox.send(due);
        if (mail !== undefined) await this.deliverOne(mail);
      }
      this.scheduleNext();
    });
    return this.round;
  }

  /** Sets the timer for what is due next. */
  scheduleNext(): void {
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

  private async deliverOne(mail: Mail): Promise<void> {
    try {
      const deliveredTo = await this.deliver?.(mail);
      if (deliveredTo !== undefined) this.store.outbox.delivered(mail, { deliveredTo });
    } catch (error) {
      const { name, message } = error as Error;
      const problem = `${message} (${name})`.replace(/\s+/g, " ");
      this.store.outbox.delivered(mail, { problem });
      this.log(`Could not deliver mail ${mail.step} of journey ${mail.journeyId}: ${problem}`);
    }
  }
}

/** The longest delay of Node's timers. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
