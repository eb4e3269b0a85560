import { clockTime } from "../mailmodo/lateEffect";
import { RefusedError, UnconfirmedError, UnsettledStartError } from "../mailmodo/errors";
import { inParallel } from "../model/inParallel";
import type { ShardInputs } from "../model/shard";
import { AdvisedError, withoutAdvice } from "./advice";

/** What is wrong with one contact alone. */
export class ContactError extends Error {}

/** Goes over the contacts of a shard, some at a time, and keeps what fails. */
export class ContactFailures {
  private readonly failures: Error[] = [];
  private notTried = 0;
  private unconfirmedInARow = 0;
  private isHopeless = false;

  /** How many contacts are not as they should be. */
  get count(): number {
    return this.failures.length + this.notTried;
  }

  /** Does something for each contact. Once there is no hope for the rest, they are not tried. */
  async each(emails: readonly string[], action: (email: string) => Promise<void>): Promise<void> {
    await inParallel(emails, async (email) => {
      if (this.isHopeless) {
        this.notTried += 1;
        return;
      }
      await action(email).then(
        () => (this.unconfirmedInARow = 0),
        (error: Error) => this.record(error),
      );
    });
  }

  /** One line: how many failed of how many, and the first reasons. */
  describe({ cohort, shard }: Pick<ShardInputs, "cohort" | "shard">, of: number): string {
    const { length } = this.failures;
    // The advice is given once for all.
    const reasons = this.failures.slice(0, FIRST_REASONS).map((error) => (withoutAdvice(error) as Error).message);
    const untried = this.notTried > 0 ? ` and ${this.notTried} not tried` : "";
    const more = length > FIRST_REASONS ? [`${length - FIRST_REASONS} more failed.`] : [];
    const advice = this.failures.flatMap((error) => (error instanceof AdvisedError ? [error.advice] : [])).slice(0, 1);
    const what = `Cohort ${cohort}, shard ${shard}: ${length} of ${of} contacts failed${untried}.`;
    return [what, ...reasons, ...more, ...this.whenSettled(), ...advice].join(" ");
  }

  /** From when on none of the starts can take effect any more, where several may. */
  private whenSettled(): string[] {
    const times = this.failures.map(withoutAdvice).flatMap((cause) => {
      return cause instanceof UnsettledStartError ? [cause.settledAt] : [];
    });
    return times.length > 1 ? [`All of them can be aborted from ${clockTime(Math.max(...times))} on.`] : [];
  }

  private record(error: Error): void {
    this.failures.push(error);
    const cause = withoutAdvice(error);
    if (cause instanceof UnconfirmedError) this.unconfirmedInARow += 1;
    // A refusal is about one contact; what is about the key, the network or this machine affects all of them.
    const isOfOne = [ContactError, RefusedError, UnconfirmedError, UnsettledStartError].some(
      (kind) => cause instanceof kind,
    );
    if (!isOfOne || this.unconfirmedInARow >= HOPELESS_AFTER) this.isHopeless = true;
  }
}

const FIRST_REASONS = 3;
/** After so many lost answers in a row, each further start would be one more that nobody knows of. */
const HOPELESS_AFTER = 5;
