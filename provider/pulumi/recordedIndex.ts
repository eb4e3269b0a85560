import { addressKey, mailboxKey } from "../model/addresses";
import type { Enrollment } from "../model/enrollment";
import type { Deployment } from "./deployment";
import { dependsOn } from "./dependencies";
import { possibleStartsOf } from "./pendingOperations";
import {
  contactEntryOf,
  entriesOf,
  type ContactEntry,
  type Ended,
  type Entry,
  type StateResource,
} from "./stateResource";

/** The enrollments that a stack's state records, by instance and by address, its contacts, and the starts it has begun. */
export class RecordedIndex {
  private readonly byInstance = new Map<string, Entry>();
  private readonly byAddress = new Map<string, Entry[]>();
  /** Made when it is first needed. */
  private byMailbox: Map<string, Entry[]> | undefined;
  private readonly contacts = new Map<string, ContactEntry[]>();
  private readonly pendingStarts: ReadonlyMap<string, readonly Entry[]>;

  private readonly resources: readonly StateResource[];

  constructor(state: Deployment) {
    const { resources = [] } = state;
    this.resources = resources;
    this.pendingStarts = Map.groupBy(possibleStartsOf(state), ({ email }) => mailboxKey(email));
    for (const entry of resources.flatMap((resource) => contactEntryOf(resource) ?? [])) {
      const key = mailboxKey(entry.email);
      this.contacts.set(key, [...(this.contacts.get(key) ?? []), entry]);
    }
    for (const entry of resources.flatMap(entriesOf)) {
      if (entry.instanceId !== undefined) this.byInstance.set(entry.instanceId, entry);
      const key = addressKey(entry);
      this.byAddress.set(key, [...(this.byAddress.get(key) ?? []), entry]);
    }
  }

  /** The record of an instance. Undefined if the enrollment has no instance id or the state does not record it. */
  entryOf({ instanceId }: Pick<Enrollment, "instanceId">): Entry | undefined {
    return instanceId === undefined ? undefined : this.byInstance.get(instanceId);
  }

  /** The records of an address in a journey that have an instance id. */
  runningFor(enrollment: Pick<Enrollment, "journeyId" | "email">): (Entry & { readonly instanceId: string })[] {
    const entries = this.byAddress.get(addressKey(enrollment)) ?? [];
    return entries.filter((entry): entry is Entry & { readonly instanceId: string } => entry.instanceId !== undefined);
  }

  /** Whether there is a record of an address in a journey, with an instance id or without. */
  records(enrollment: Pick<Enrollment, "journeyId" | "email">): boolean {
    return this.byAddress.has(addressKey(enrollment));
  }

  /** The records of a mailbox in any journey, with an instance id or without. */
  ofMailbox(email: string): readonly Entry[] {
    this.byMailbox ??= Map.groupBy([...this.byAddress.values()].flat(), (entry) => mailboxKey(entry.email));
    return this.byMailbox.get(mailboxKey(email)) ?? [];
  }

  /** The starts of a mailbox that pending operations may have made, in any journey. */
  pendingStartsOf(email: string): readonly Entry[] {
    return this.pendingStarts.get(mailboxKey(email)) ?? [];
  }

  /** The resources that record an address as a contact: more than one while a resource is replaced or renamed. */
  contactsOf(email: string): readonly ContactEntry[] {
    return this.contacts.get(mailboxKey(email)) ?? [];
  }

  /** The same resources, as the state has them: both halves of a replacement have one URN. */
  contactResourcesOf(email: string): readonly StateResource[] {
    const key = mailboxKey(email);
    return this.resources.filter((resource) => {
      const entry = contactEntryOf(resource);
      return entry !== undefined && mailboxKey(entry.email) === key;
    });
  }

  /** The URN of a resource that records an address as a contact and depends on another resource, directly or through others. */
  contactDependingOn(urn: string, email: string): string | undefined {
    return this.contactsOf(email).find((contact) => dependsOn(this.resources, contact.urn, urn))?.urn;
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
