import { Ticker } from "./ticker";

const ACTIONS = ["aborted", "started", "archived"] as const;
type Action = (typeof ACTIONS)[number];

/**
 * Reports the progress of a cohort's run, across all of its shards. Prints a line every five seconds while there is
 * work: `smoke: 340 of 1,000 started, 50/s, 13 s left`.
 */
export class Progress {
  /** The expected number of actions, by shard. A shard counts as soon as it is known, before the engine reaches it. */
  private readonly expected = { aborted: new Map(), started: new Map(), archived: new Map() } as Expected;
  private readonly done: Record<Action, number> = { aborted: 0, started: 0, archived: 0 };
  private size = 0;
  /** Whether a check or a diff has called `expect`. A destroy runs neither. */
  private isPlanned = false;
  private last = { at: 0, done: 0 };
  private readonly ticker = new Ticker(
    () => this.print(this.line()),
    () => (this.last = { at: Date.now(), done: this.doneInAll() }),
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
  expect(shard: number, action: "aborted" | "started", count: number): void {
    this.isPlanned = true;
    this.expected[action].set(shard, count);
  }

  /** Sets how many contacts of a shard a delete is about to archive. */
  beginArchiving(shard: number, count: number): void {
    this.expected.archived.set(shard, (this.expected.archived.get(shard) ?? 0) + count);
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
    const perSecond = ((this.doneInAll() - this.last.done) * 1000) / (Date.now() - this.last.at);
    const totals = ACTIONS.map((action) => ({ action, total: this.total(action) })).filter(({ total }) => total > 0);
    const left = totals.reduce((sum, { total }) => sum + total, 0) - this.doneInAll();
    const parts = [
      ...totals.map(({ action, total }) => `${format(this.done[action])} of ${format(total)} ${action}`),
      `${format(perSecond)}/s`,
      perSecond > 0 ? `${format(Math.ceil(left / perSecond))} s left` : "",
    ];
    const note = this.note();
    return `${this.cohort}: ${parts.filter(Boolean).join(", ")}${note === undefined ? "" : `. ${note}`}`;
  }

  private total(action: Action): number {
    const expected = [...this.expected[action].values()].reduce((sum, count) => sum + count, 0);
    // Whether a cohort's contacts are archived shows when the first of its archives is deleted.
    const isOfAll = action === "aborted" || (action === "archived" && this.expected.archived.size > 0);
    return Math.max(expected, this.done[action], isOfAll ? this.size : 0);
  }

  private doneInAll(): number {
    return ACTIONS.reduce((sum, action) => sum + this.done[action], 0);
  }
}

type Expected = Readonly<Record<Action, Map<number, number>>>;

function format(count: number): string {
  const digits = count < 10 && count > 0 ? 1 : 0;
  return count.toLocaleString("en-US", { maximumFractionDigits: digits });
}
