import { Ring } from "./ring";

/** The newest of items that are numbered without a gap, in order. */
export class Numbered<T> {
  private readonly ring: Ring<T>;
  private last = 0;

  constructor(
    limit: number,
    private readonly numberOf: (item: T) => number,
  ) {
    this.ring = new Ring(limit);
  }

  get nextNumber(): number {
    return this.last + 1;
  }

  get count(): number {
    return this.ring.count;
  }

  get limit(): number {
    return this.ring.limit;
  }

  get dropped(): number {
    return this.ring.dropped;
  }

  /** Adds the item with the next number. Returns the one that was dropped for it. */
  push(item: T): T | undefined {
    this.last = this.numberOf(item);
    return this.ring.push(item);
  }

  get(number: number): T | undefined {
    const index = number - this.oldest;
    return index >= 0 && index < this.count ? this.ring.at(index) : undefined;
  }

  /** Those after a number, at most so many. */
  page(after = 0, limit = Infinity): T[] {
    const from = Math.max(0, after + 1 - this.oldest);
    return this.ring.slice(from, from + limit);
  }

  /** @param last The highest number that was ever given. No number is given again. */
  clear(last = this.last): void {
    this.ring.clear();
    this.last = last;
  }

  private get oldest(): number {
    return this.last - this.count + 1;
  }
}
