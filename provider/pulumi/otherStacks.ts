import { addressKey, mailboxKey } from "../model/addresses";
import { atMostEvery } from "../async/atMostEvery";
import { inParallel } from "../async/inParallel";
import type { Enrollment } from "../model/enrollment";
import type { Deployment } from "./deployment";
import { possibleAddsOf, possibleStartsOf } from "./pendingOperations";
import { contactEntryOf, entriesOf } from "./stateResource";
import type { Stack } from "./stack";

/** Another stack that has a contact as a resource of its own, or enrolls it in any journey. */
export interface ContactUser {
  readonly stack: string;
  /** Whether its state does not record that yet: a run of it is adding or starting the contact, or was killed in that. */
  readonly isPending: boolean;
}

/** What the project's other stacks enroll. Their states are read on first use. */
export class OtherStacks {
  private readonly entries: () => Promise<Entries>;

  /**
   * @param list Lists the other stacks. Called before each read of their states.
   * @param maxAgeMs After this time the states are read again, in milliseconds. Default: never.
   */
  constructor(list: () => Promise<readonly Stack[]>, maxAgeMs = Infinity) {
    this.entries = atMostEvery(maxAgeMs, async () => read(await list()));
  }

  /**
   * The name of the other stack that records the instance. If the enrollment has no instance id: the stack that records
   * an instance for its address, or is about to start one.
   *
   * @throws {Error} The state of a stack cannot be read.
   */
  async findStack(enrollment: Pick<Enrollment, "journeyId" | "email" | "instanceId">): Promise<string | undefined> {
    const { byInstance, byAddress } = await this.entries();
    return enrollment.instanceId === undefined
      ? byAddress.get(addressKey(enrollment))
      : byInstance.get(enrollment.instanceId);
  }

  /**
   * The other stack that has or enrolls a contact. One that records that comes before one that only may do so.
   *
   * @throws {Error} The state of a stack cannot be read.
   */
  async findStackWithContact(email: string): Promise<ContactUser | undefined> {
    return (await this.entries()).byMailbox.get(mailboxKey(email));
  }
}

/** The stacks by mailbox, and their names by instance id and by address key. */
interface Entries {
  readonly byMailbox: Map<string, ContactUser>;
  readonly byInstance: Map<string, string>;
  readonly byAddress: Map<string, string>;
}

async function read(stacks: readonly Stack[]): Promise<Entries> {
  const entries: Entries = { byMailbox: new Map(), byInstance: new Map(), byAddress: new Map() };
  await inParallel(stacks, async (stack) => {
    const state = await stack.stateOfEnrollments();
    const { resources = [] } = state;
    const enrolled = resources.flatMap(entriesOf);
    const contacts = resources.flatMap((resource) => contactEntryOf(resource) ?? []);
    const begun = possibleStartsOf(state);
    for (const { email } of [...enrolled, ...contacts])
      entries.byMailbox.set(mailboxKey(email), { stack: stack.name, isPending: false });
    for (const { email } of [...begun, ...possibleAddsOf(state)])
      if (!entries.byMailbox.has(mailboxKey(email)))
        entries.byMailbox.set(mailboxKey(email), { stack: stack.name, isPending: true });
    for (const entry of enrolled) {
      // An unconfirmed start is no more certain to run than the one in question. Its stack's next run aborts it by
      // address.
      if (entry.instanceId === undefined) continue;
      entries.byInstance.set(entry.instanceId, stack.name);
      entries.byAddress.set(addressKey(entry), stack.name);
    }
    // If no run holds the lock, they are as uncertain as any unconfirmed start.
    if (begun.length > 0 && (await isLocked(stack, state)))
      for (const start of begun) entries.byAddress.set(addressKey(start), stack.name);
  });
  return entries;
}

async function isLocked(stack: Stack, { secrets_providers: secrets }: Deployment): Promise<boolean> {
  const { locks } = await stack.occupancy(secrets?.state?.url);
  return locks.length > 0;
}
