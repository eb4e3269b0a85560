/** The time for one operation, with all its attempts and waits. */
const OPERATION_BUDGET_MS = 60_000;

/**
 * When an operation must have ended, by the monotonic clock. Its time begins with its first permit: waiting in the
 * queue for that permit does not count.
 */
export class Deadline {
  private at: number | undefined;

  /** @param budgetMs The time for the operation, in milliseconds. Default: one minute. */
  constructor(private readonly budgetMs = OPERATION_BUDGET_MS) {}

  begin(): void {
    this.at ??= performance.now() + this.budgetMs;
  }

  leftMs(): number {
    return this.at === undefined ? this.budgetMs : this.at - performance.now();
  }
}
