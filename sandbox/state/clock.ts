import { InvalidInput } from "./invalidInput";

/** The sandbox's clock. It follows another clock, and can be moved ahead of it. */
export class Clock {
  private aheadMs = 0;

  /** @param base In milliseconds since 1970. */
  constructor(private readonly base: () => number) {}

  get offsetMs(): number {
    return this.aheadMs;
  }

  readonly now = (): number => this.base() + this.aheadMs;

  /** @throws {InvalidInput} The time is in the past, or beyond the year 9999. */
  moveTo(at: number): void {
    if (at < this.now()) {
      throw new InvalidInput(`The clock only moves forward; it is already at ${new Date(this.now()).toISOString()}`);
    }
    this.advance(at - this.now());
  }

  /** @throws {InvalidInput} The clock would go beyond the year 9999. */
  advance(ms: number): void {
    if (this.now() + ms > MAX_TIME) throw new InvalidInput("The clock cannot go beyond the year 9999");
    this.aheadMs += ms;
  }
}

const MAX_TIME = Date.UTC(9999, 11, 31);
