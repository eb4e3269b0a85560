import { atATime } from "./atATime";
import { withoutAdvice } from "./lifecycleErrors";
import { clockTime } from "./mailmodo/lateEffect";
import { RefusedError, UnconfirmedError, UnsettledStartError } from "./mailmodo/errors";
import type { ShardInputs } from "./shard";

/** What is wrong with one contact alone. */
export class ContactError extends Error {}

/** Goes over the contacts of a shard, some at a time, and keeps what goes wrong with them. */
export class Troubles {
  private readonly failures: Error[] = [];
  private notTried = 0;
  private unconfirmedInARow = 0;
  private isHopeless = false;

  /** How many contacts are not as they should be. */
  get many(): number {
    return this.failures.length + this.notTried;
  }

  /** Once there is no hope for the rest, they are not tried. */
  async each(emails: readonly string[], deed: (email: string) => Promise<void>): Promise<void> {
    await atATime(emails, async (email) => {
      if (this.isHopeless) {
        this.notTried += 1;
        return;
      }
      await deed(email).then(
        () => (this.unconfirmedInARow = 0),
        (error: Error) => this.noteFailure(error),
      );
    });
  }

  /** One line: how many failed of how many, and the first reasons. */
  describe({ cohort, shard }: ShardInputs, of: number): string {
    const { length } = this.failures;
    const reasons = this.failures.slice(0, FIRST_REASONS).map((error) => messageOf(error));
    const untried = this.notTried > 0 ? ` and ${this.notTried} not tried` : "";
    const more = length > FIRST_REASONS ? [`${length - FIRST_REASONS} more failed.`] : [];
    const advice = this.failures.map(adviceOf).find(Boolean) ?? [];
    const what = `Cohort ${cohort}, shard ${shard}: ${length} of ${of} contacts failed${untried}.`;
    return [what, ...reasons, ...more, ...this.whenSettled()].concat(advice).join(" ");
  }

  /** From when on none of the starts can take effect any more, where several may. */
  private whenSettled(): string[] {
    const times = this.failures.map(withoutAdvice).flatMap((cause) => {
      return cause instanceof UnsettledStartError ? [cause.settledAt] : [];
    });
    return times.length > 1 ? [`All of them can be aborted from ${clockTime(Math.max(...times))} on.`] : [];
  }

  private noteFailure(error: Error): void {
    this.failures.push(error);
    const cause = withoutAdvice(error);
    if (cause instanceof UnconfirmedError) this.unconfirmedInARow += 1;
    // A refusal is about one contact; what is about the key, the network or this machine meets all of them.
    const isOfOne = [ContactError, RefusedError, UnconfirmedError, UnsettledStartError].some(
      (kind) => cause instanceof kind,
    );
    if (!isOfOne || this.unconfirmedInARow >= HOPELESS_AFTER) this.isHopeless = true;
  }
}

const FIRST_REASONS = 3;
/** So many lost answers, one after the other: each further start would be one more that nobody knows of. */
const HOPELESS_AFTER = 5;

/** `withAdvice` adds to the message of the cause; for many, the advice is said once. */
function messageOf(error: Error): string {
  return (withoutAdvice(error) as Error).message;
}

function adviceOf(error: Error): string {
  return error.message.slice(messageOf(error).length).trim();
}
