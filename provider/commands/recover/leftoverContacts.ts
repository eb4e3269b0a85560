import { inParallel } from "../../async/inParallel";
import type { UnsettledCall } from "../../journal/unsealedNotes";
import type { ContactDetails } from "../../mailmodo/contactClient";
import { mailboxKey } from "../../model/addresses";
import { isArchivedAtDelete, isUnprovenWithoutId, type ContactState } from "../../model/contactInputs";
import { hasMade } from "../../model/contactNote";
import { TYPES } from "../../model/stateFormat";
import type { Deployment, PendingOperation } from "../../pulumi/deployment";
import { isRecordable, type PendingAdd } from "../../pulumi/recordedAdds";
import type { ContactDoubt } from "../../pulumi/settledState";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import { isMailmodoResource, type Ended, type StateResource } from "../../pulumi/stateResource";
import { maskAddress } from "../../text/masking";
import type { Archives } from "./archives";
import { leftoverContactsOf, type LeftoverContact } from "./leftoverContact";
import type { SentAtLatest } from "./sentAtLatest";

/** Archives or records the contacts that killed runs of a stack have made, and that no state records. */
export class LeftoverContacts {
  /** Calls whose notes are no longer needed. */
  readonly settled: UnsettledCall[] = [];
  /** Why contacts must stay until something else is gone, one line each. They are among the problems of the recovery. */
  readonly left = new Set<string>();
  /** What a killed run may have done to contacts that the state records, by their resources. */
  readonly doubts = new Map<StateResource, ContactDoubt>();
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
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Settles the notes of contacts, and their pending creates and deletes. A contact that the state records stays there: the
   * next up adds it again, and a destroy archives it. Its note stays for that.
   */
  async settle(calls: readonly UnsettledCall[], state: Deployment): Promise<void> {
    this.state = state;
    const { pending_operations: pending = [] } = state;
    for (const call of calls)
      if (call.kind === "archive" && this.index.contactsOf(call.email).length === 0) this.settled.push(call);
    for (const { type, resource } of pending) {
      if (type === "deleting") this.noteDelete(resource);
      if (type === "updating" || type === "creating") this.noteAdd(resource, calls);
    }

    const contacts = leftoverContactsOf(calls, pending, this.index).filter((contact) => !this.isToLeave(contact));
    const areHeldBack = this.archives.areHeldBack();
    await inParallel(contacts, async (contact) => {
      if (areHeldBack) this.keep(contact, HELD_BACK);
      else await this.archive(contact);
    });
  }

  /** A pending delete may have archived the contact, although the state records it. */
  private noteDelete({ urn, type, retainOnDelete, delete: isReplaced, outputs }: StateResource): void {
    // The new half of a replacement has the same URN.
    if (type !== TYPES.contact || retainOnDelete === true || isReplaced === true || outputs === undefined) return;
    const contact = outputs as unknown as ContactState;
    if (!isArchivedAtDelete(contact) || isUnprovenWithoutId(contact)) return;
    for (const resource of this.index.contactResourcesOf(contact.email).filter((one) => one.urn === urn))
      this.doubts.set(resource, { ...this.doubts.get(resource), isToAdd: true });
    this.log(
      `The killed run may have archived the contact ${maskAddress(contact.email)}. The next pulumi up adds it again; a destroy archives it.`,
    );
  }

  /**
   * A pending update of a contact, or a create of one that the state records, may have sent an add that takes effect after
   * a destroy has archived the contact. So the state is to have its time, as after an add whose answer was lost.
   */
  private noteAdd({ type, inputs = {} }: StateResource, calls: readonly UnsettledCall[]): void {
    if (type !== TYPES.contact) return;
    const email = String(inputs["email"]);
    const key = mailboxKey(email);
    const notes = calls.filter((call) => call.kind === "add" && mailboxKey(call.email) === key);
    const addSentAt = this.pendingAddSentAt(email, notes);
    for (const resource of this.index.contactResourcesOf(email)) {
      const isToAdd = !isUnprovenWithoutId(resource.outputs as unknown as ContactState);
      this.doubts.set(resource, { isToAdd, addSentAt });
      const next = isToAdd ? "The next pulumi up adds it again; a destroy" : "A destroy";
      this.log(
        `The killed run may have changed the contact ${maskAddress(email)}. ${next} waits, if necessary, until its add can no longer take effect.`,
      );
    }
  }

  /** Whether a contact is left in Mailmodo for good. Says so. */
  private isToLeave({ email, isTagged, isToStay, note }: LeftoverContact): boolean {
    if (isToStay) {
      this.log(`Left the contact ${maskAddress(email)} in Mailmodo, because its onDelete is "leave".`);
      if (note !== undefined) this.settled.push(note);
    } else if (note === undefined && !isTagged) {
      this.log(
        `Left the contact ${maskAddress(email)} alone: whether the killed run has made it is not known. If it did, archive it in Mailmodo.`,
      );
    } else return false;
    return true;
  }

  private async archive(contact: LeftoverContact): Promise<void> {
    const { email, isTagged, note } = contact;
    const [user] = this.usersOf(email);
    if (user !== undefined) {
      // A whole destroy may be refused because of other pending creates, which stay in the state with this one.
      const target = `--stack ${this.stack} --target-dependents --target '${user}'`;
      const destroy = `pulumi destroy${note === undefined ? ` ${target}` : ""}`;
      const problem =
        `The contact ${maskAddress(email)} was left in Mailmodo: a killed run may have added it, and ${user} enrolls it. Run ` +
        `pulumi up, which adds it again, or ${destroy}; then recover again, before the stack is removed. For a preview, run ` +
        "previews down.";
      if (!this.keep(contact, problem)) this.left.add(problem);
      return;
    }
    const addSentAt = this.addSentAt(contact);
    const isOwn =
      isTagged || note === undefined ? {} : { isOwn: (data: ContactDetails["data"]) => hasMade(note, data) };
    const failure = await this.archives.archive(email, { addSentAt, ...isOwn });
    if (failure === undefined) {
      if (note !== undefined) this.settled.push(note);
    } else if (this.keep(contact, `${failure} The next recover tries again.`)) this.log(failure);
  }

  /**
   * Keeps what tells of a contact that is not archived: the state is to record it or, if it cannot, the note or the pending
   * create stays.
   *
   * @param problem Why it is not archived, and what to do, if it is not to be recorded.
   * @returns Whether it is to be recorded.
   */
  private keep(contact: LeftoverContact, problem: string): boolean {
    const { email, isTagged, note, pending } = contact;
    if (pending !== undefined && isTagged && this.isRecordable(pending)) {
      this.adds.set(pending, { email, addSentAt: this.addSentAt(contact), users: this.usersOf(email) });
      return true;
    }
    const isNeeded = note === undefined;
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
  private addSentAt({ email, note, pending }: LeftoverContact): number | undefined {
    return pending === undefined ? note?.addSentAt : this.pendingAddSentAt(email, note === undefined ? [] : [note]);
  }

  /** The notes may be of an earlier run than the pending operation, which may be another machine's. */
  private pendingAddSentAt(email: string, notes: readonly UnsettledCall[]): number {
    return Math.max(this.sentAtLatest(inContact(email)), ...notes.flatMap((note) => note.addSentAt ?? []));
  }
}

const HELD_BACK =
  "The contacts of the killed run were left in Mailmodo, because a journey of them may run. Do what the other lines say, then recover again.";

/** An add is in no journey. */
function inContact(email: string): { readonly journeyId: string; readonly email: string } {
  return { journeyId: "", email };
}
