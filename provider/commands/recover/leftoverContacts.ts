import { inParallel } from "../../async/inParallel";
import type { UnsettledCall } from "../../journal/unsealedNotes";
import { mailboxKey } from "../../model/addresses";
import { hasMade } from "../../model/contactNote";
import { isTaggedFor } from "../../model/stackTag";
import { TYPES } from "../../model/stateFormat";
import type { Deployment } from "../../pulumi/deployment";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import type { Ended } from "../../pulumi/stateResource";
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

  /** @param ended Enrollments that the state records and that have ended. It may grow. */
  constructor(
    private readonly index: RecordedIndex,
    private readonly ended: Ended,
    private readonly archives: Archives,
    private readonly sentAtLatest: SentAtLatest,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Settles the notes of contacts, and the pending creates of contacts. A contact that the state records stays as the state
   * has it: the next up adds it again, and a destroy archives it. Its note stays for that.
   */
  async settle(calls: readonly UnsettledCall[], { pending_operations: pending = [] }: Deployment): Promise<void> {
    for (const call of calls)
      if (call.kind === "archive" && this.index.contactsOf(call.email).length === 0) this.settled.push(call);

    const added = calls.filter(({ kind, email }) => kind === "add" && this.index.contactsOf(email).length === 0);
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

  /** @returns Whether its note is no longer needed. */
  private async archive({ email, isTagged, isToStay, note }: LeftoverContact): Promise<boolean> {
    if (this.index.contactsOf(email).length > 0) return false;
    if (isToStay) {
      this.log(`Left the contact ${maskAddress(email)} in Mailmodo, because its onDelete is "leave".`);
      return true;
    }
    const user = this.index.ofMailbox(email).find(({ urn, email: of }) => this.ended.get(urn)?.has(of) !== true);
    if (user !== undefined) {
      const next = note === undefined ? "" : ", or recover again once that is gone";
      this.log(
        `Left the contact ${maskAddress(email)} in Mailmodo: ${user.urn} enrolls it. Run pulumi up again${next}.`,
      );
      return false;
    }
    const isNeeded = note === undefined;
    // A confirmed add has taken effect.
    const addSentAt = isNeeded ? this.sentAtLatest({ journeyId: "", email }) : note.addSentAt;
    if (isTagged) return this.archives.archive(email, { isNeeded, addSentAt });
    if (note !== undefined)
      return this.archives.archive(email, { isNeeded, addSentAt, isOwn: (data) => hasMade(note, data) });
    this.log(
      `Left the contact ${maskAddress(email)} alone: whether the killed run has made it is not known. If it did, archive it in Mailmodo.`,
    );
    return true;
  }
}
