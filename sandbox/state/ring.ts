/** The newest items, at most so many: each one more takes the place of the oldest. */
export class Ring<T> {
  private items: T[] = [];
  private first = 0;
  private droppedCount = 0;

  constructor(readonly limit: number) {}

  get count(): number {
    return this.items.length;
  }

  /** How many were dropped since the start, or since it was cleared. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** The item at a place. 0 is the oldest. */
  at(index: number): T | undefined {
    return this.items[(this.first + index) % this.items.length];
  }

  /** Adds an item. Returns the one that was dropped for it. */
  push(item: T): T | undefined {
    if (this.items.length < this.limit) {
      this.items.push(item);
      return undefined;
    }
    this.droppedCount += 1;
    if (this.limit === 0) return item;
    const oldest = this.items[this.first];
    this.items[this.first] = item;
    this.first = (this.first + 1) % this.limit;
    return oldest;
  }

  /** The items between two places, oldest first. */
  slice(from = 0, to = this.count): T[] {
    const end = Math.min(to, this.count);
    return from === 0 && this.first === 0
      ? this.items.slice(0, end)
      : Array.from({ length: Math.max(0, end - from) }, (_, index) => this.at(from + index) as T);
  }

  clear(): void {
    this.items = [];
    this.first = 0;
    this.droppedCount = 0;
  }
}
