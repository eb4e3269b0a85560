/** Calls a function every five seconds while there is work. */
export class Ticker {
  private working = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param tick Called at the end of each interval.
   * @param begin Called at the beginning of each interval. Default: nothing.
   */
  constructor(
    private readonly tick: () => void,
    private readonly begin: () => void = () => undefined,
  ) {}

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
    this.begin();
    // The timer keeps running between short works. Otherwise many of them would never reach its end.
    this.timer = setTimeout(this.endOfInterval, EVERY_MS);
    this.timer.unref();
  }

  private readonly endOfInterval = (): void => {
    this.timer = undefined;
    if (this.working === 0) return;
    this.tick();
    this.next();
  };
}

/** The length of the interval, in milliseconds. */
export const EVERY_MS = 5_000;
