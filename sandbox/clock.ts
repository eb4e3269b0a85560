/** The sandbox's clock: it goes as another does, and can be moved ahead of it. */
export class Clock {
  private aheadMs = 0;

  /** @param base In milliseconds since 1970. */
  constructor(private readonly base: () => number) {}

  readonly now = (): number => this.base() + this.aheadMs;

  /** @throws {Error} It would go back, or beyond what dates can be written for. */
  moveTo(at: number): void {
    if (at < this.now()) {
      throw new Error(`The clock only goes forwards; it is at ${new Date(this.now()).toISOString()} already`);
    }
    this.advance(at - this.now());
  }

  /** @throws {Error} It would go beyond what dates can be written for. */
  advance(ms: number): void {
    if (this.now() + ms > LAST) throw new Error("The clock goes to the year 9999, and no further");
    this.aheadMs += ms;
  }
}

const LAST = Date.UTC(9999, 11, 31);
