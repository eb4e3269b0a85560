/** What is done to a contact. */
type Action = "aborted" | "started";

/**
 * How far a cohort's run is, over all of its shards, as a line every five seconds while it works:
 * `smoke: 340 of 1,000 started, 50/s, 13 s left`.
 */
export class Progress {
  /** What is to do, by shard: shards that the engine has yet to reach count as soon as they are known. */
  private readonly expected: Record<Action, Map<number, number>> = { aborted: new Map(), started: new Map() };
  private readonly done: Record<Action, number> = { aborted: 0, started: 0 };
  private size = 0;
  /** Whether a check or a diff said what is to do, which no destroy runs. */
  private isPlanned = false;
  private working = 0;
  private timer: NodeJS.Timeout | undefined;
  private last = { at: 0, done: 0 };

  constructor(
    private readonly cohort: string,
    private readonly print: (line: string) => void = console.log,
  ) {}

  expect(shard: number, action: Action, count: number): void {
    this.isPlanned = true;
    this.expected[action].set(shard, count);
  }

  /** In a destroy, the engine names a shard only when it reaches it: how many contacts there were, by the last run. */
  expectAll(size: number): void {
    if (!this.isPlanned) this.size = size;
  }

  count(action: Action): void {
    this.done[action] += 1;
  }

  /** Prints while the work is going on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.working += 1;
    if (this.timer === undefined) this.next();
    try {
      return await work();
    } finally {
      this.working -= 1;
    }
  }

  private next(): void {
    this.last = { at: Date.now(), done: this.done.aborted + this.done.started };
    // Goes on between two shards, or with many short ones no line would ever come.
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.working === 0) return;
      this.print(this.line());
      this.next();
    }, EVERY_MS);
    this.timer.unref();
  }

  private line(): string {
    const { aborted, started } = this.done;
    const perSecond = ((aborted + started - this.last.done) * 1000) / (Date.now() - this.last.at);
    const [toAbort, toStart] = [this.total("aborted"), this.total("started")];
    const parts = [
      toAbort > 0 ? `${format(aborted)} of ${format(toAbort)} aborted` : "",
      toStart > 0 ? `${format(started)} of ${format(toStart)} started` : "",
      `${format(perSecond)}/s`,
      perSecond > 0 ? `${format(Math.ceil((toAbort + toStart - aborted - started) / perSecond))} s left` : "",
    ];
    return `${this.cohort}: ${parts.filter(Boolean).join(", ")}`;
  }

  private total(action: Action): number {
    const expected = [...this.expected[action].values()].reduce((sum, count) => sum + count, 0);
    return Math.max(expected, this.done[action], action === "aborted" ? this.size : 0);
  }
}

const EVERY_MS = 5_000;

function format(count: number): string {
  const digits = count < 10 && count > 0 ? 1 : 0;
  return count.toLocaleString("en-US", { maximumFractionDigits: digits });
}
