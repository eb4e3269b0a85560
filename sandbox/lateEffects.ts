/** What takes effect after its call was answered. */
export class LateEffects {
  private waiting: { readonly at: number; readonly act: () => void }[] = [];
  private actingAt: number | undefined;

  constructor(private readonly clock: () => number) {}

  /** The clock; while something late takes effect, the time at which it does. */
  readonly now = (): number => this.actingAt ?? this.clock();

  /** Does something so much later, by the clock: at the first `catchUp` after that. */
  add(ms: number, act: () => void): void {
    this.waiting.push({ at: this.clock() + ms, act });
  }

  /** Does what has fallen due, in its order. */
  catchUp(): void {
    if (this.actingAt !== undefined || this.waiting.length === 0) return;
    const due = this.waiting.filter(({ at }) => at <= this.clock()).sort((a, b) => a.at - b.at);
    this.waiting = this.waiting.filter((one) => !due.includes(one));
    try {
      for (const { at, act } of due) {
        this.actingAt = at;
        act();
      }
    } finally {
      this.actingAt = undefined;
    }
  }

  times(): number[] {
    return this.waiting.map(({ at }) => at);
  }

  clear(): void {
    this.waiting = [];
  }
}
