import type { UnsettledCall } from "../../journal/unsealedNotes";
import { mailboxKey } from "../../model/addresses";
import { isArchivedAtDelete, type ContactState } from "../../model/contactInputs";
import { TYPES } from "../../model/stateFormat";
import type { PendingOperation } from "../../pulumi/deployment";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import type { ContactDoubt } from "../../pulumi/settledState";
import type { StateResource } from "../../pulumi/stateResource";
import { maskAddress } from "../../text/masking";
import { pendingAddSentAt } from "./addSentAt";
import type { NextCommands } from "./nextCommands";
import type { SentAtLatest } from "./sentAtLatest";

/** Finds out what killed runs may have done to contacts that the state records. */
export class ContactDoubts {
  private readonly doubts = new Map<StateResource, ContactDoubt>();

  constructor(
    private readonly index: Pick<RecordedIndex, "contactResourcesOf">,
    private readonly sentAtLatest: SentAtLatest,
    private readonly next: NextCommands,
    private readonly log: (line: string) => void,
  ) {}

  /** The doubts that pending operations raise, by the resources that record the contacts. */
  of(pending: readonly PendingOperation[], calls: readonly UnsettledCall[]): ReadonlyMap<StateResource, ContactDoubt> {
    for (const { type, resource } of pending) {
      if (type === "deleting") this.doubtDelete(resource);
      if (type === "updating" || type === "creating") this.doubtAdd(resource, calls);
    }
    return this.doubts;
  }

  /** A pending delete may have archived the contact, although the state records it. */
  private doubtDelete({ urn, type, retainOnDelete, delete: isReplaced, outputs }: StateResource): void {
    // The new half of a replacement has the same URN.
    if (type !== TYPES.contact || retainOnDelete === true || isReplaced === true || outputs === undefined) return;
    const contact = outputs as unknown as ContactState;
    if (!isArchivedAtDelete(contact) || isLeftWithoutId(contact)) return;
    for (const resource of this.index.contactResourcesOf(contact.email).filter((one) => one.urn === urn))
      this.doubts.set(resource, { ...this.doubts.get(resource), isToAdd: true });
    this.log(
      `The killed run may have archived the contact ${maskAddress(contact.email)}. The next ${this.next.up} adds it again; a destroy archives it.`,
    );
  }

  /**
   * A pending update of a contact, or a create of one that the state records, may have sent an add that takes effect after
   * a destroy has archived the contact. So the state is to have its time, as after an add whose answer was lost.
   */
  private doubtAdd({ type, inputs = {} }: StateResource, calls: readonly UnsettledCall[]): void {
    if (type !== TYPES.contact) return;
    const email = String(inputs["email"]);
    const key = mailboxKey(email);
    const notes = calls.filter((call) => call.kind === "add" && mailboxKey(call.email) === key);
    const resources = this.index.contactResourcesOf(email);
    const isAdopted = resources.some(({ outputs }) => outputs?.["adopted"] === true);
    const mayBeAdopted = isAdopted || inputs["adopt"] === true;
    const addSentAt = pendingAddSentAt({ email, notes, mayBeAdopted }, this.sentAtLatest);
    for (const resource of resources) {
      const isToAdd = !isLeftWithoutId(resource.outputs as unknown as ContactState);
      this.doubts.set(resource, { isToAdd, addSentAt });
      const next = isToAdd ? `The next ${this.next.up} adds it again; a destroy` : "A destroy";
      this.log(
        `The killed run may have changed the contact ${maskAddress(email)}. ${next} waits, if necessary, until its add can no longer take effect.`,
      );
    }
  }
}

/** Without its id, one that is adopted no more would count as unproven, and a destroy would leave it. */
function isLeftWithoutId({ adopted, adopt }: ContactState): boolean {
  return adopted && !adopt;
}
