import { addressKey } from "../model/addresses";
import type { Enrollment } from "../model/enrollment";
import type { Deployment } from "./deployment";
import { entriesOf, type Ended, type Entry } from "./stateResource";

/** A record whose start Mailmodo has confirmed. */
export type RunningEntry = Entry & { readonly instanceId: string };

/** The enrollments that a stack's state records, by instance and by address. */
export class RecordedIndex {
  private readonly byInstance = new Map<string, Entry[]>();
  private readonly byAddress = new Map<string, Entry[]>();

  constructor({ resources = [] }: Deployment) {
    for (const entry of resources.flatMap(entriesOf)) {
      if (entry.instanceId !== undefined)
        this.byInstance.set(entry.instanceId, [...(this.byInstance.get(entry.instanceId) ?? []), entry]);
      const key = addressKey(entry);
      this.byAddress.set(key, [...(this.byAddress.get(key) ?? []), entry]);
    }
  }

  /**
   * The records of an instance: one, or two if its address was being moved from one resource to another. None if the
   * enrollment has no instance id.
   */
  entriesOf({ instanceId }: Pick<Enrollment, "instanceId">): readonly Entry[] {
    return instanceId === undefined ? [] : (this.byInstance.get(instanceId) ?? []);
  }

  /** Whether the state records an instance. False if the enrollment has no instance id. */
  hasInstance(enrollment: Pick<Enrollment, "instanceId">): boolean {
    return this.entriesOf(enrollment).length > 0;
  }

  /** The records of an address in a journey that have an instance id. */
  runningFor(enrollment: Pick<Enrollment, "journeyId" | "email">): RunningEntry[] {
    const entries = this.byAddress.get(addressKey(enrollment)) ?? [];
    return entries.filter((entry): entry is RunningEntry => entry.instanceId !== undefined);
  }

  /** Whether the state records an unconfirmed start, with the time of its last attempt. */
  hasUnconfirmed(enrollment: Pick<Enrollment, "journeyId" | "email" | "startSentAt">): boolean {
    const entries = this.byAddress.get(addressKey(enrollment)) ?? [];
    return entries.some(
      ({ instanceId, startSentAt }) => instanceId === undefined && startSentAt === enrollment.startSentAt,
    );
  }

  /**
   * Whether the state records that an address is in a journey.
   *
   * @param ended Enrollments that have ended since the state was written. They do not count.
   */
  isRunning(enrollment: Enrollment, ended: Ended): boolean {
    return this.stillRunningFor(enrollment, ended).length > 0;
  }

  /**
   * The same entries that `isRunning` looks for.
   *
   * @param except Instances that do not count either. Default: none.
   */
  stillRunningFor(enrollment: Enrollment, ended: Ended, except?: ReadonlySet<string>): Entry[] {
    return this.runningFor(enrollment).filter(
      ({ urn, email, instanceId }) => ended.get(urn)?.has(email) !== true && except?.has(instanceId) !== true,
    );
  }
}
