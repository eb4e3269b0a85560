import { Ticker } from "./ticker";

type Action = "aborted" | "started";

/**
 * Reports the progress of a cohort's run, across all of its shards. Prints a line every five seconds while there is
 * work: `smoke: 340 of 1,000 started, 50/s, 13 s left`.
 */
export class Progress {
  /** The expected number of actions, by shard. A shard counts as soon as it is known, before the engine reaches it. */
  private readonly expected: Record<Action, Map<number, number>> = { aborted: new Map(), started: new Map() };
  private readonly done: Record<Action, number> = { aborted: 0, started: 0 };
  private size = 0;
  /** Whether a check or a diff has called `expect`. A destroy runs neither. */
  private isPlanned = false;
  private last = { at: 0, done: 0 };
  private readonly ticker = new Ticker(
    () => this.print(this.line()),
    () => (this.last = { at: Date.now(), done: this.done.aborted + this.done.started }),
  );

  /**
   * @param print Receives each line. Default: console.log.
   * @param note What else a line says. Default: nothing.
   */
  constructor(
    private readonly cohort: string,
    private readonly print: (line: string) => void = console.log,
    private readonly note: () => string | undefined = () => undefined,
  ) {}

  /** Sets how many contacts of a shard the run will abort or start. */
  expect(shard: number, action: Action, count: number): void {
    this.isPlanned = true;
    this.expected[action].set(shard, count);
  }

  /**
   * Sets the size of the whole cohort, as the last run recorded it. In a destroy, the engine names shards one by one.
   */
  assumeSize(size: number): void {
    if (!this.isPlanned) this.size = size;
  }

  count(action: Action): void {
    this.done[action] += 1;
  }

  /** Prints progress lines while the work is going on. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.ticker.during(work);
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
    const note = this.note();
    return `${this.cohort}: ${parts.filter(Boolean).join(", ")}${note === undefined ? "" : `. ${note}`}`;
  }

  private total(action: Action): number {
    const expected = [...this.expected[action].values()].reduce((sum, count) => sum + count, 0);
    return Math.max(expected, this.done[action], action === "aborted" ? this.size : 0);
  }
}

function format(count: number): string {
  const digits = count < 10 && count > 0 ? 1 : 0;
  return count.toLocaleString("en-US", { maximumFractionDigits: digits });
}
