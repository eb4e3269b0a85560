import { Groups } from "./groups";
import type { Instance } from "./instance";

/** The instances of each address, in the order of their starts. An address is the same however it is written. */
export class ByAddress {
  private readonly kept: Groups<Instance>;
  private readonly runs = new Groups<Instance>(({ status }) => status === "running");
  /** How many run for an address, in whatever journey. */
  private readonly runsFor = new Map<string, number>();

  /** @param isKept Whether an instance that was added is still kept. */
  constructor(isKept: (instance: Instance) => boolean) {
    this.kept = new Groups(isKept);
  }

  running(journeyId: string, email: string): Instance[] {
    return this.runs.all(keyOf(journeyId, email));
  }

  firstRunning(journeyId: string, email: string): Instance | undefined {
    return this.runs.first(keyOf(journeyId, email));
  }

  /** The first one that is kept, whether it runs or has ended. */
  firstStarted(journeyId: string, email: string): Instance | undefined {
    return this.kept.first(keyOf(journeyId, email));
  }

  /** Whether any journey runs for an address. */
  isRunningFor(email: string): boolean {
    return this.runsFor.has(email.toLowerCase());
  }

  add(instance: Instance): void {
    const { journeyId, email, status } = instance;
    const key = keyOf(journeyId, email);
    this.kept.add(key, instance);
    if (status !== "running") return;
    this.runs.add(key, instance);
    const address = email.toLowerCase();
    this.runsFor.set(address, (this.runsFor.get(address) ?? 0) + 1);
  }

  /** Call it once an instance that ran has ended. */
  ended({ journeyId, email }: Instance): void {
    this.runs.removed(keyOf(journeyId, email));
    const address = email.toLowerCase();
    const left = (this.runsFor.get(address) ?? 1) - 1;
    if (left === 0) this.runsFor.delete(address);
    else this.runsFor.set(address, left);
  }

  /** Call it once an instance is no longer kept. */
  dropped({ journeyId, email }: Instance): void {
    this.kept.removed(keyOf(journeyId, email));
  }

  clear(): void {
    for (const index of [this.kept, this.runs, this.runsFor]) index.clear();
  }
}

function keyOf(journeyId: string, email: string): string {
  return `${journeyId} ${email.toLowerCase()}`;
}
