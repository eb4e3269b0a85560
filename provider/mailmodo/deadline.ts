/** One operation, with all its attempts and waits, ends within this time. */
const OPERATION_BUDGET_MS = 60_000;

/**
 * When an operation must be over, by the monotonic clock. Its time begins with its first permit to send: waiting in the queue
 * for that does not count.
 */
export class Deadline {
  private at: number | undefined;

  constructor(private readonly budgetMs = OPERATION_BUDGET_MS) {}

  begin(): void {
    this.at ??= performance.now() + this.budgetMs;
  }

  leftMs(): number {
    return this.at === undefined ? this.budgetMs : this.at - performance.now();
  }
}
