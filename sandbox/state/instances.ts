import BTree from "sorted-btree";
import type { Changes } from "./changes";
import type { Effect } from "./effects";
import type { Instance } from "./instance";
import { Ring } from "./ring";
import type { Due, Schedule } from "./schedule";

type Status = Instance["status"];

interface Parts {
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly schedule: Schedule;
  readonly changes: Changes;
  readonly idOf: (number: number) => string;
  /** How many of those that have ended are kept. */
  readonly endedLimit: number;
  /** Lets effects happen, all or none. */
  readonly commit: (effects: readonly Effect[]) => void;
}

/** The instances: all that run, and the newest of those that have ended. */
export class Instances {
  private readonly byId = new Map<string, Instance>();
  private readonly byAddress = new Map<string, Instance[]>();
  private readonly byNumber = new BTree<number, Instance>();
  private readonly ended: Ring<Instance>;
  private readonly numbersOf: Record<Status, number> = { running: 0, aborted: 0, finished: 0 };
  private lastNumber = 0;
  private lastRevision = 0;

  constructor(private readonly parts: Parts) {
    this.ended = new Ring(parts.endedLimit);
  }

  get counts(): Readonly<Record<Status, number>> {
    return this.numbersOf;
  }

  get keptEnded(): { readonly count: number; readonly limit: number; readonly dropped: number } {
    return this.ended;
  }

  start(
    journeyId: string,
    email: string,
    data: Record<string, unknown>,
    allowDuplicateEmail = false,
    also: readonly Effect[] = [],
  ): Instance {
    const { now, idOf, schedule, commit } = this.parts;
    const number = this.lastNumber + 1;
    const instance: Instance = {
      number,
      revision: this.nextRevision(),
      instanceId: idOf(number),
      journeyId,
      email,
      data,
      startedAt: new Date(now()).toISOString(),
      status: "running",
      ...(!allowDuplicateEmail && this.firstRunning(journeyId, email) !== undefined ? { doubled: true } : {}),
      ...(schedule.stepsOf({ journeyId }).length > 0 ? { sent: 0 } : {}),
    };
    commit([{ instance }, ...also]);
    return instance;
  }

  /** @param instances Running instances. */
  abort(instances: Instance | readonly Instance[], reason: string | undefined): void {
    const endedAt = new Date(this.parts.now()).toISOString();
    const changes = { status: "aborted", endedAt, ...(reason === undefined ? {} : { abortReason: reason }) } as const;
    this.parts.commit([instances].flat().map((instance) => ({ instance: this.changed(instance, changes) })));
  }

  /** @param due Running instances, and when they end, in milliseconds since 1970. */
  finish(due: readonly Due[]): void {
    this.parts.commit(
      due.map(({ instance, at }) => {
        const end = { status: "finished", endedAt: new Date(at).toISOString() } as const;
        return { instance: this.changed(instance, end) };
      }),
    );
  }

  /** The instance as it is after a change, which has not happened yet. */
  changed(instance: Instance, changes: Partial<Instance>): Instance {
    return { ...instance, ...changes, revision: this.nextRevision() };
  }

  get(instanceId: string): Instance | undefined {
    return this.byId.get(instanceId);
  }

  find(journeyId: string, instanceId: string): Instance | undefined {
    const instance = this.byId.get(instanceId);
    return instance?.journeyId === journeyId ? instance : undefined;
  }

  running(journeyId: string, email: string): Instance[] {
    return this.startedFor(journeyId, email).filter(({ status }) => status === "running");
  }

  firstRunning(journeyId: string, email: string): Instance | undefined {
    return this.startedFor(journeyId, email).find(({ status }) => status === "running");
  }

  /** All instances of an address, in the order of their starts. */
  startedFor(journeyId: string, email: string): readonly Instance[] {
    return this.byAddress.get(keyOf(journeyId, email)) ?? [];
  }

  /** All instances, in the order of their starts. */
  all(): Instance[] {
    return this.byNumber.valuesArray();
  }

  /** Those after a number, at most so many, in the order of their starts. */
  page(after = 0, limit = Infinity): Instance[] {
    // The tree gives one more than it is asked for.
    const found = this.byNumber.getRange(after + 1, Infinity, true, limit).slice(0, limit);
    return found.map(([, instance]) => instance);
  }

  /** Takes in an instance that was started or changed. Returns one that is dropped for it. */
  put(next: Instance): Instance | undefined {
    this.lastRevision = Math.max(this.lastRevision, next.revision);
    const known = this.byId.get(next.instanceId);
    const instance = known ?? next;
    if (known === undefined) this.insert(next);
    else {
      if (known.status === "running") this.parts.schedule.remove(known);
      this.numbersOf[known.status] -= 1;
      // The same object, because the lists hold it.
      Object.assign(known, next);
    }
    this.parts.changes.instance(instance);
    return this.settle(instance);
  }

  /**
   * Takes in what a file kept, in the order of the starts. Returns what is dropped, which are those that ended first, as
   * before: the order of the revisions is that of the ends.
   */
  restore(kept: readonly Instance[], lastNumber: number): Instance[] {
    this.clear(lastNumber);
    for (const instance of kept) this.insert(instance);
    return kept
      .toSorted((a, b) => a.revision - b.revision)
      .map((instance) => {
        this.lastRevision = instance.revision;
        return this.settle(instance);
      })
      .filter((dropped) => dropped !== undefined);
  }

  /** @param lastNumber The highest number that was ever given. */
  clear(lastNumber = 0): void {
    for (const index of [this.byId, this.byAddress, this.byNumber, this.ended, this.parts.schedule]) index.clear();
    Object.assign(this.numbersOf, { running: 0, aborted: 0, finished: 0 });
    this.lastNumber = lastNumber;
  }

  private nextRevision(): number {
    return ++this.lastRevision;
  }

  /** Gives an instance its place among those that run or have ended. Returns one that is dropped for it. */
  private settle(instance: Instance): Instance | undefined {
    this.numbersOf[instance.status] += 1;
    if (instance.status === "running") return void this.parts.schedule.add(instance);
    const dropped = this.ended.push(instance);
    if (dropped !== undefined) this.drop(dropped);
    return dropped;
  }

  private insert(instance: Instance): void {
    this.lastNumber = Math.max(this.lastNumber, instance.number);
    this.byId.set(instance.instanceId, instance);
    this.byNumber.set(instance.number, instance);
    const key = keyOf(instance.journeyId, instance.email);
    const others = this.byAddress.get(key);
    if (others === undefined) this.byAddress.set(key, [instance]);
    else others.push(instance);
  }

  private drop(instance: Instance): void {
    this.numbersOf[instance.status] -= 1;
    this.byId.delete(instance.instanceId);
    this.byNumber.delete(instance.number);
    const key = keyOf(instance.journeyId, instance.email);
    const others = this.startedFor(instance.journeyId, instance.email).filter((other) => other !== instance);
    if (others.length === 0) this.byAddress.delete(key);
    else this.byAddress.set(key, others);
  }
}

function keyOf(journeyId: string, email: string): string {
  return `${journeyId} ${email.toLowerCase()}`;
}
