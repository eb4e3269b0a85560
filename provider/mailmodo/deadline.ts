/** The time for one operation, with all its attempts and waits. */
const OPERATION_BUDGET_MS = 60_000;
/** For how long one operation is sent again while Mailmodo answers 429. */
const SLOW_DOWN_BUDGET_MS = 15 * 60_000;

/**
 * When an operation must have ended, by the monotonic clock. Its time begins with its first permit: waiting in the
 * queue for that permit does not count. Nor does the time that it was asked to slow down: that has a budget of its own.
 */
export class Deadline {
  private at: number | undefined;
  /** For how long the operation was asked to slow down, in milliseconds. */
  slowedMs = 0;

  /**
   * @param slowDownBudgetMs The additional time while Mailmodo answers 429, in milliseconds. Default: 15 minutes.
   * @param budgetMs The time for the operation, in milliseconds. Default: a minute.
   */
  constructor(
    readonly slowDownBudgetMs = SLOW_DOWN_BUDGET_MS,
    private readonly budgetMs = OPERATION_BUDGET_MS,
  ) {}

  begin(): void {
    this.at ??= performance.now() + this.budgetMs;
  }

  leftMs(): number {
    return this.at === undefined ? this.budgetMs : this.at - performance.now();
  }

  /** Excludes a time in which Mailmodo had asked to slow down. Nothing was done in it. */
  excludeSlowDown(ms: number): void {
    this.slowedMs += ms;
    this.exclude(ms);
  }

  /** Excludes a wait for what was lost. What comes after it has as much time as it would have had before. */
  exclude(ms: number): void {
    if (this.at !== undefined) this.at += ms;
  }

  /** For how long the operation may still be asked to slow down. */
  slowDownLeftMs(): number {
    return this.slowDownBudgetMs - this.slowedMs;
  }
}
