import { clockTime } from "../mailmodo/lateEffect";
import { LateCallError, RefusedError, SuppressedError, UnconfirmedError } from "../mailmodo/errors";
import { inParallel } from "../async/inParallel";
import type { ShardInputs } from "../model/shard";
import { hideStackTrace } from "../text/hideStackTrace";
import { AdvisedError, withoutAdvice } from "./advice";

/** A problem of one contact only. */
export class ContactError extends Error {
  constructor(message: string) {
    super(message);
    hideStackTrace(this);
  }
}

/** Runs an action for each contact of a shard, several at a time, and collects the failures. */
export class ContactFailures {
  private readonly failures: { readonly error: Error; readonly number: number | undefined }[] = [];
  private notTried = 0;
  private unconfirmedInARow = 0;
  private hasGivenUp = false;

  /** @param numbers The contacts' places in the program's list, by address, as far as they are known. Default: none is. */
  constructor(private readonly numbers: ReadonlyMap<string, number> = new Map()) {}

  /** How many contacts failed or were not tried. */
  get count(): number {
    return this.failures.length + this.notTried;
  }

  /** Runs an action for each contact. After a failure that would affect all of them, the rest are not tried. */
  async each(emails: readonly string[], action: (email: string) => Promise<void>): Promise<void> {
    await inParallel(emails, async (email) => {
      if (this.hasGivenUp) {
        this.notTried += 1;
        return;
      }
      await action(email).then(
        () => (this.unconfirmedInARow = 0),
        (error: Error) => this.record(error, this.numbers.get(email)),
      );
    });
  }

  /**
   * One line: how many contacts failed, and the first reasons.
   *
   * @param of How many contacts there were.
   */
  describe({ cohort, shard }: Pick<ShardInputs, "cohort" | "shard">, of: number): string {
    const { length } = this.failures;
    // The advice is given once for all contacts.
    const reasons = this.failures.slice(0, FIRST_REASONS).map(({ error, number }) => {
      const { message } = withoutAdvice(error) as Error;
      return number === undefined ? message : `Number ${number}: ${message}`;
    });
    const untried = this.notTried > 0 ? ` and ${this.notTried} not tried` : "";
    const more = length > FIRST_REASONS ? [`${length - FIRST_REASONS} more failed.`] : [];
    const advice = this.failures
      .flatMap(({ error }) => (error instanceof AdvisedError ? [error.advice] : []))
      .slice(0, 1);
    const what = `Cohort ${cohort}, shard ${shard}: ${length} of ${of} contacts failed${untried}.`;
    return [what, ...reasons, ...more, ...this.whenAllCanBeRunAgain(), ...advice].join(" ");
  }

  /** If several calls may still take effect: the time after which none of them can. */
  private whenAllCanBeRunAgain(): string[] {
    const times = this.failures.flatMap(({ error }) => {
      const cause = withoutAdvice(error);
      return cause instanceof LateCallError ? [cause.mayTakeEffectUntil] : [];
    });
    return times.length > 1 ? [`For all of them, run it again from ${clockTime(Math.max(...times))} on.`] : [];
  }

  private record(error: Error, number: number | undefined): void {
    this.failures.push({ error, number });
    const cause = withoutAdvice(error);
    if (cause instanceof UnconfirmedError) this.unconfirmedInARow += 1;
    // These errors are about one contact. An error about the key, the network or this machine affects all of them.
    const concernsOneContact = [ContactError, RefusedError, SuppressedError, UnconfirmedError, LateCallError].some(
      (kind) => cause instanceof kind,
    );
    if (!concernsOneContact || this.unconfirmedInARow >= GIVE_UP_AFTER) this.hasGivenUp = true;
  }
}

const FIRST_REASONS = 3;
/** After this many lost answers in a row, each further start would probably add one more unconfirmed start. */
const GIVE_UP_AFTER = 5;
