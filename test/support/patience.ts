import assert from "node:assert/strict";
import { SANDBOX_KEY, type Fault } from "mailmodo-sandbox";
import type { MovableClock } from "./movableClock";
import type { RunningSandbox } from "./sandbox";

/** Every address of a subject has it, and no line may. */
export const SECRET = "secret";

/** Runs Pulumi as a patient person does: again after an error, but no earlier than it says. */
export class Patience {
  private isAnswered = true;

  /** @param failure How a run may fail. */
  constructor(
    private readonly sandbox: () => RunningSandbox,
    private readonly clock: MovableClock,
    private readonly failure: RegExp,
  ) {}

  /** Lets calls go wrong from now on. */
  meet(fault: Fault): void {
    this.sandbox().faults.clear();
    this.sandbox().faults.add(fault);
    this.isAnswered = fault.kind !== "hang" && (fault.kind !== "late" || fault.status !== undefined);
  }

  /** Loses the answer to a start of a step, so long ago that the start can no longer take effect. */
  async loseStart(step: () => Promise<void>, agoMs: number): Promise<void> {
    this.sandbox().faults.add({ kind: "gateway", on: "start", count: 1 });
    await assert.rejects(this.settle(step()), { message: this.failure });
    this.clock.tick(agoMs);
  }

  /** Waits for a step, and moves the clock over whatever it waits for. */
  settle<T>(step: Promise<T>): Promise<T> {
    return this.clock.settle(step, () => (this.isAnswered ? 0 : this.sandbox().store.requests().filter(isHung).length));
  }

  /** Tries until it succeeds, a few times at most; each failure must be worded as it should. */
  async tried(step: () => Promise<void>): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await this.settle(step());
        return true;
      } catch (error) {
        const { message } = error as Error;
        assert.match(message, this.failure);
        assert.ok(!message.includes(SANDBOX_KEY) && !message.includes(SECRET), message);
        this.clock.tick(this.untilSaid(message));
      }
    }
    return false;
  }

  /** How long it is to the last of the clock times from which on to run it again. */
  private untilSaid(message: string): number {
    const times = [...message.matchAll(/ from (\d\d):(\d\d):(\d\d) UTC on\./g)].map(([, hours, minutes, seconds]) => {
      const at = new Date(this.clock.now()).setUTCHours(Number(hours), Number(minutes), Number(seconds), 0);
      return at - this.clock.now();
    });
    // A time that is past is tomorrow's.
    return Math.max(0, ...times.map((ms) => (ms < 0 ? ms + 86_400_000 : ms)));
  }
}

function isHung({ fault }: { fault?: string }): boolean {
  return fault === "hang" || fault === "late";
}
