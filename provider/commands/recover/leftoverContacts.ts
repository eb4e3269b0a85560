import { inParallel } from "../../async/inParallel";
import type { UnsettledCall } from "../../journal/unsealedNotes";
import type { ContactDetails } from "../../mailmodo/contactClient";
import { mailboxKey } from "../../model/addresses";
import { isArchivedAtDelete, type ContactState } from "../../model/contactInputs";
import { hasMade } from "../../model/contactNote";
import { isTaggedFor } from "../../model/stackTag";
import { TYPES } from "../../model/stateFormat";
import type { Deployment } from "../../pulumi/deployment";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import type { Ended, StateResource } from "../../pulumi/stateResource";
import { maskAddress } from "../../text/masking";
import type { Archives } from "./archives";
import type { SentAtLatest } from "./sentAtLatest";

/** A contact that a killed run may have made, and that no resource of the stack records. */
interface LeftoverContact {
  readonly email: string;
  /** Whether it has the stack's tag. */
  readonly isTagged: boolean;
  /** Whether its resource was to leave it at Mailmodo. */
  readonly isToStay: boolean;
  /** The note of it. Undefined if only a pending operation tells of it, which is dropped when the state is written. */
  readonly note?: UnsettledCall;
}

/** Archives the contacts that killed runs of a stack have made, and that no state records. */
export class LeftoverContacts {
  /** Calls whose notes are no longer needed. */
  readonly settled: UnsettledCall[] = [];
  /** Why contacts must stay until something else is gone, one line each. They are among the problems of the recovery. */
  readonly left = new Set<string>();
  /** The URNs of contacts that the state records, and that a killed run may have archived. */
  readonly maybeArchived = new Set<string>();

  /** @param ended Enrollments that the state records and that have ended. It may grow. */
  constructor(
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
  async settle(calls: readonly UnsettledCall[], { pending_operations: pending = [] }: Deployment): Promise<void> {
    for (const call of calls)
      if (call.kind === "archive" && this.index.contactsOf(call.email).length === 0) this.settled.push(call);

    const added = calls.filter(({ kind, email }) => kind === "add" && this.index.contactsOf(email).length === 0);
    for (const { type, resource } of pending) if (type === "deleting") this.noteDelete(resource);
    const noted = new Set(added.map(({ email }) => mailboxKey(email)));
    const creates = pending
      .filter(({ type, resource }) => type === "creating" && resource.type === TYPES.contact)
      .map(({ resource: { inputs = {} } }) => ({
        email: String(inputs["email"]),
        stack: String(inputs["stack"]),
        isToStay: inputs["onDelete"] === "leave",
      }))
      .filter(({ email }) => !noted.has(mailboxKey(email)));
    // Writing the state drops the pending creates.
    if (added.length + creates.length > 0 && this.archives.areHeldBack(creates.length > 0)) return;

    await inParallel(added, async (call) => {
      const { email, stack = "", isToStay = false } = call;
      const isTagged = isTaggedFor(email, stack);
      if (await this.archive({ email, isTagged, isToStay, note: call })) this.settled.push(call);
    });
    await inParallel(creates, async ({ email, stack, isToStay }) => {
      await this.archive({ email, isTagged: isTaggedFor(email, stack), isToStay });
    });
  }

  /** A pending delete may have archived the contact, although the state records it. */
  private noteDelete({ urn, type, retainOnDelete, delete: isReplaced, outputs }: StateResource): void {
    // The new half of a replacement has the same URN.
    if (type !== TYPES.contact || retainOnDelete === true || isReplaced === true || outputs === undefined) return;
    const contact = outputs as unknown as ContactState;
    // Without its id, one that is adopted no more would count as unproven, and a destroy would leave it.
    if (!isArchivedAtDelete(contact) || (contact.adopted && !contact.adopt)) return;
    this.maybeArchived.add(urn);
    this.log(
      `The killed run may have archived the contact ${maskAddress(contact.email)}. The next pulumi up adds it again; a destroy archives it.`,
    );
  }

  /** @returns Whether its note is no longer needed. */
  private async archive({ email, isTagged, isToStay, note }: LeftoverContact): Promise<boolean> {
    if (this.index.contactsOf(email).length > 0) return false;
    if (isToStay) {
      this.log(`Left the contact ${maskAddress(email)} in Mailmodo, because its onDelete is "leave".`);
      return true;
    }
    if (note === undefined && !isTagged) {
      this.log(
        `Left the contact ${maskAddress(email)} alone: whether the killed run has made it is not known. If it did, archive it in Mailmodo.`,
      );
      return true;
    }
    const isNeeded = note === undefined;
    const user = this.index.ofMailbox(email).find(({ urn, email: of }) => this.ended.get(urn)?.has(of) !== true);
    if (user !== undefined) {
      const problem =
        `The contact ${maskAddress(email)} was left in Mailmodo: a killed run may have added it, and ${user.urn} enrolls it. Run ` +
        "pulumi up, which adds it again, or pulumi destroy; then recover again, before the stack is removed. For a preview, run previews down.";
      this.left.add(problem);
      this.archives.postpone(problem, isNeeded);
      return false;
    }
    // An add that was confirmed when it was sent first has taken effect.
    const addSentAt = isNeeded ? this.sentAtLatest({ journeyId: "", email }) : note.addSentAt;
    const isOwn = isTagged || isNeeded ? {} : { isOwn: (data: ContactDetails["data"]) => hasMade(note, data) };
    return this.archives.archive(email, { isNeeded, addSentAt, ...isOwn });
  }
}
