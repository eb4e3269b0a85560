/** Effects that happen after their calls were answered. */
export class LateEffects {
  private waiting: { readonly at: number; readonly act: () => void }[] = [];
  private actingAt: number | undefined;

  constructor(private readonly clock: () => number) {}

  /** The current time. While a late effect happens, the time at which it was due. */
  readonly now = (): number => this.actingAt ?? this.clock();

  /** Schedules an action for later. It runs at the first `catchUp` after that time. */
  add(ms: number, act: () => void): void {
    this.waiting.push({ at: this.clock() + ms, act });
  }

  /** Runs the actions that are due, in order. */
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

  /** When the waiting actions are due, in milliseconds since 1970. */
  dueTimes(): number[] {
    return this.waiting.map(({ at }) => at);
  }

  clear(): void {
    this.waiting = [];
  }
}
