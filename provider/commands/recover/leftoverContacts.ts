import { inParallel } from "../../async/inParallel";
import type { UnsettledCall } from "../../journal/unsealedNotes";
import type { ContactDetails } from "../../mailmodo/contactClient";
import { hasMade } from "../../model/contactNote";
import type { Deployment, PendingOperation } from "../../pulumi/deployment";
import { isRecordable, type PendingAdd } from "../../pulumi/recordedAdds";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import { isMailmodoResource, type Ended } from "../../pulumi/stateResource";
import { maskAddress } from "../../text/masking";
import { notedAddSentAt, pendingAddSentAt } from "./addSentAt";
import type { Archives } from "./archives";
import { leftoverContactsOf, type LeftoverContact } from "./leftoverContact";
import { adviceToRun, type NextCommands } from "./nextCommands";
import type { SentAtLatest } from "./sentAtLatest";

/** Archives or records the contacts that killed runs of a stack have made, and that no state records. */
export class LeftoverContacts {
  /** Calls whose notes are no longer needed. */
  readonly settled: UnsettledCall[] = [];
  /** Why contacts must stay until something else is gone, one line each. They are among the problems of the recovery. */
  readonly left = new Set<string>();
  /** The contacts that are not archived and that the state is to record, by their pending creates. */
  readonly adds = new Map<PendingOperation, PendingAdd>();
  /**
   * Whether a pending create alone tells of a contact that is neither archived nor to be recorded. Each such contact is among
   * the problems that keep the state from being written.
   */
  needsPendingCreates = false;
  private state: Deployment = {};

  /**
   * @param stack The stack's name, as the user gave it.
   * @param ended Enrollments that the state records and that have ended. It may grow.
   */
  constructor(
    private readonly stack: string,
    private readonly index: RecordedIndex,
    private readonly ended: Ended,
    private readonly archives: Archives,
    private readonly sentAtLatest: SentAtLatest,
    private readonly next: NextCommands,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Settles the notes of contacts, and their pending creates. A contact that the state records stays there: the
   * next up adds it again, and a destroy archives it. Its note stays for that.
   */
  async settle(calls: readonly UnsettledCall[], state: Deployment): Promise<void> {
    this.state = state;
    const { pending_operations: pending = [] } = state;
    for (const call of calls)
      if (call.kind === "archive" && this.index.contactsOf(call.email).length === 0) this.settled.push(call);

    const contacts = leftoverContactsOf(calls, pending, this.index).filter((contact) => !this.isToLeave(contact));
    const areHeldBack = this.archives.areHeldBack();
    const heldBack =
      "The contacts of the killed run were left in Mailmodo, because a journey of them may run. Do what the other lines say, " +
      `then ${this.next.again()}.`;
    await inParallel(contacts, async (contact) => {
      if (areHeldBack) this.keep(contact, heldBack);
      else await this.archive(contact);
    });
  }

  /** Whether a contact is left in Mailmodo for good. Says so. */
  private isToLeave({ email, isTagged, isToStay, notes }: LeftoverContact): boolean {
    if (isToStay) {
      this.log(`Left the contact ${maskAddress(email)} in Mailmodo, because its onDelete is "leave".`);
      this.settled.push(...notes);
    } else if (notes.length === 0 && !isTagged) {
      this.log(
        `Left the contact ${maskAddress(email)} alone: whether the killed run has made it is not known. If it did, archive it in Mailmodo.`,
      );
    } else return false;
    return true;
  }

  private async archive(contact: LeftoverContact): Promise<void> {
    const { email, isTagged, notes } = contact;
    const [user] = this.usersOf(email);
    if (user !== undefined) {
      const problem =
        `The contact ${maskAddress(email)} was left in Mailmodo: a killed run may have added it, and ${user} enrolls it. ` +
        this.adviceOnUser(user, notes.length > 0);
      if (!this.keep(contact, problem)) this.left.add(problem);
      return;
    }
    const addSentAt = this.addSentAt(contact);
    const isOwn = (data: ContactDetails["data"]) => notes.some((note) => hasMade(note, data));
    const isKnownOwn = isTagged || notes.length === 0;
    const failure = await this.archives.archive(email, { addSentAt, ...(isKnownOwn ? {} : { isOwn }) });
    if (failure === undefined) this.settled.push(...notes);
    else if (this.keep(contact, `${failure} The next recover tries again.`)) this.log(failure);
  }

  /** @param isNoted Whether a note tells of the contact. If not, a pending create does. */
  private adviceOnUser(user: string, isNoted: boolean): string {
    const { up, destroy, again, preview } = this.next;
    // A whole destroy may be refused because of other pending creates, which stay in the state with this one.
    const target = `pulumi destroy --stack ${this.stack} --target-dependents --target '${user}'`;
    const end = isNoted ? destroy : adviceToRun(target, this.next);
    // The up of a preview recovers first, and so fails again; its destroy recovers too.
    if (preview !== undefined) return isNoted ? `Run ${end}.` : `Run ${end}; then ${again()}.`;
    return (
      `Run ${up}, which adds it again, or ${end}; then ${again()}, before the stack is removed. For a preview, run ` +
      "previews down."
    );
  }

  /**
   * Keeps what tells of a contact that is not archived: the state is to record it or, if it cannot, the note or the pending
   * create stays.
   *
   * @param problem Why it is not archived, and what to do, if it is not to be recorded.
   * @returns Whether it is to be recorded.
   */
  private keep(contact: LeftoverContact, problem: string): boolean {
    const { email, isTagged, notes, pending } = contact;
    if (pending !== undefined && isTagged && this.isRecordable(pending)) {
      this.adds.set(pending, { email, addSentAt: this.addSentAt(contact), users: this.usersOf(email) });
      return true;
    }
    const isNeeded = notes.length === 0;
    this.needsPendingCreates ||= isNeeded;
    // Without this problem, the state would be written, and the pending create dropped.
    this.archives.postpone(problem, isNeeded);
    return false;
  }

  /** Writing the state drops the pending operations of other resources too. */
  private isRecordable({ resource }: PendingOperation): boolean {
    const { resources = [], pending_operations: pending = [] } = this.state;
    return pending.every((one) => isMailmodoResource(one.resource)) && isRecordable(resources, resource);
  }

  /** The URNs of what enrolls a contact. */
  private usersOf(email: string): string[] {
    const users = this.index.ofMailbox(email).filter((entry) => this.ended.get(entry.urn)?.has(entry.email) !== true);
    return users.map(({ urn }) => urn);
  }

  /** An add that was confirmed when it was sent first has taken effect. */
  private addSentAt({ email, notes, pending }: LeftoverContact): number | undefined {
    if (pending === undefined) return notedAddSentAt(notes);
    const mayBeAdopted = pending.resource.inputs?.["adopt"] === true;
    return pendingAddSentAt({ email, notes, mayBeAdopted }, this.sentAtLatest);
  }
}
