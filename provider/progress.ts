/** The two things that are done to a contact. */
export type Deed = "aborted" | "started";

/**
 * How far a cohort's run is, over all of its shards, as a line every five seconds while it works:
 * `smoke: 340 of 1,000 started, 50/s, 13 s left`.
 */
export class Progress {
  /** What is to do, by shard: those that the engine has not come to yet are counted as soon as they are known. */
  private readonly expected: Record<Deed, Map<number, number>> = { aborted: new Map(), started: new Map() };
  private readonly done: Record<Deed, number> = { aborted: 0, started: 0 };
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

  expect(shard: number, deed: Deed, many: number): void {
    this.isPlanned = true;
    this.expected[deed].set(shard, many);
  }

  /** In a destroy, the engine names a shard only when its turn comes: how many contacts there were, by the last run. */
  expectAll(size: number): void {
    if (!this.isPlanned) this.size = size;
  }

  count(deed: Deed): void {
    this.done[deed] += 1;
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

  private total(deed: Deed): number {
    const expected = [...this.expected[deed].values()].reduce((sum, many) => sum + many, 0);
    return Math.max(expected, this.done[deed], deed === "aborted" ? this.size : 0);
  }
}

const EVERY_MS = 5_000;

function format(many: number): string {
  const digits = many < 10 && many > 0 ? 1 : 0;
  return many.toLocaleString("en-US", { maximumFractionDigits: digits });
}

const cohorts = new Map<string, Progress>();

/** The progress of a cohort in this process. */
export function progressOf(cohort: string): Progress {
  const progress = cohorts.get(cohort) ?? new Progress(cohort);
  cohorts.set(cohort, progress);
  return progress;
}
