import { markOf } from "../model/addresses";
import type { Enrollment } from "../model/enrollment";
import type { Deployment } from "./deployment";
import { entriesOf, type Ended, type Entry } from "./recorded";

/** What a stack's state records, by instance and by address. */
export class RecordedIndex {
  private readonly byInstance = new Map<string, Entry>();
  private readonly byMark = new Map<string, Entry[]>();

  constructor({ resources = [] }: Deployment) {
    for (const entry of resources.flatMap(entriesOf)) {
      if (entry.instanceId !== undefined) this.byInstance.set(entry.instanceId, entry);
      const mark = markOf(entry);
      this.byMark.set(mark, [...(this.byMark.get(mark) ?? []), entry]);
    }
  }

  /** The record of an instance. */
  entryOf({ instanceId }: Pick<Enrollment, "instanceId">): Entry | undefined {
    return instanceId === undefined ? undefined : this.byInstance.get(instanceId);
  }

  /** The records of the address in the journey that have an instance. */
  runningFor(enrollment: Pick<Enrollment, "journeyId" | "email">): (Entry & { readonly instanceId: string })[] {
    const entries = this.byMark.get(markOf(enrollment)) ?? [];
    return entries.filter((entry): entry is Entry & { readonly instanceId: string } => entry.instanceId !== undefined);
  }

  /**
   * Whether the stack records that the address is in the journey.
   *
   * @param ended What has ended since, and does not count.
   * @param but Does not count either.
   */
  isRunning(enrollment: Enrollment, ended: Ended, but?: Entry): boolean {
    return this.runningFor(enrollment).some(
      ({ urn, email, instanceId }) => instanceId !== but?.instanceId && ended.get(urn)?.has(email) !== true,
    );
  }
}
