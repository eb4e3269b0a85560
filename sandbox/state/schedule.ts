import BTree from "sorted-btree";
import type { Journeys, Step } from "../mail/journeys";
import { timeAfter } from "./clock";
import { stepsOver, type Instance } from "./instance";

/** What happens next to a running instance: its next message, or its end. */
export interface Due {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly instance: Instance;
}

/** What is due for the running instances, in order of time. */
export class Schedule {
  private readonly mails = new BTree<Due, true>(undefined, inOrder);
  private readonly ends = new BTree<Due, true>(undefined, inOrder);

  /** @param durationMs How long a journey without steps runs before it finishes by itself. */
  constructor(
    private readonly journeys: Journeys,
    private readonly durationMs: number,
  ) {}

  get nextMail(): Due | undefined {
    return this.mails.minKey();
  }

  get nextEnd(): Due | undefined {
    return this.ends.minKey();
  }

  get hasJourneys(): boolean {
    return this.journeys.size > 0;
  }

  stepsOf({ journeyId }: { readonly journeyId: string }): readonly Step[] {
    return this.journeys.get(journeyId.toLowerCase()) ?? [];
  }

  add(instance: Instance): void {
    this.queueOf(instance).set(this.dueOf(instance), true);
  }

  /** Call it before the instance changes, because its place in the queue depends on what it was. */
  remove(instance: Instance): void {
    this.queueOf(instance).delete(this.dueOf(instance));
  }

  /** The ends that are due by a time, in order, at most so many. */
  endsBy(at: number, limit: number): Due[] {
    const due: Due[] = [];
    for (const one of this.ends.keys()) {
      if (one.at > at || due.length >= limit) break;
      due.push(one);
    }
    return due;
  }

  clear(): void {
    this.mails.clear();
    this.ends.clear();
  }

  private queueOf(instance: Instance): BTree<Due, true> {
    return this.nextStep(instance) === undefined ? this.ends : this.mails;
  }

  private dueOf(instance: Instance): Due {
    const afterMs = this.nextStep(instance)?.afterMs ?? this.durationMs;
    return { at: timeAfter(Date.parse(instance.startedAt), afterMs), instance };
  }

  /** Also undefined if the journey has lost its steps since the instance was started. It then ends like any other. */
  private nextStep(instance: Instance): Step | undefined {
    return instance.sent === undefined ? undefined : this.stepsOf(instance)[stepsOver(instance)];
  }
}

function inOrder(a: Due, b: Due): number {
  return a.at - b.at || a.instance.number - b.instance.number;
}
