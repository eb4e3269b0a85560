import type { UnsettledCall } from "../../journal/unsealedNotes";
import { mailboxKey } from "../../model/addresses";
import { isTaggedFor } from "../../model/stackTag";
import { TYPES } from "../../model/stateFormat";
import type { PendingOperation } from "../../pulumi/deployment";
import type { RecordedIndex } from "../../pulumi/recordedIndex";

/** A contact that killed runs may have made, and that no resource of the stack records. */
export interface LeftoverContact {
  readonly email: string;
  /** Whether it has the stack's tag. */
  readonly isTagged: boolean;
  /** Whether its resource was to leave it at Mailmodo, at least in one of the runs. */
  readonly isToStay: boolean;
  /** The notes of it, one for each add. Empty if only a pending create tells of it. */
  readonly notes: readonly UnsettledCall[];
  /** Its pending create, which is dropped when the state is written. Undefined if only notes tell of it. */
  readonly pending?: PendingOperation;
}

/** The contacts that notes and pending creates tell of, and that the state does not record: each mailbox once. */
export function leftoverContactsOf(
  calls: readonly UnsettledCall[],
  pending: readonly PendingOperation[],
  index: Pick<RecordedIndex, "contactsOf">,
): LeftoverContact[] {
  const byMailbox = new Map<string, LeftoverContact>();
  for (const operation of pending) {
    if (operation.type !== "creating" || operation.resource.type !== TYPES.contact) continue;
    const create = ofCreate(operation);
    byMailbox.set(mailboxKey(create.email), create);
  }
  for (const call of calls) {
    if (call.kind !== "add") continue;
    const key = mailboxKey(call.email);
    byMailbox.set(key, withNote(byMailbox.get(key), call));
  }
  return [...byMailbox.values()].filter(({ email }) => index.contactsOf(email).length === 0);
}

function ofCreate(pending: PendingOperation): LeftoverContact {
  const { inputs = {} } = pending.resource;
  const email = String(inputs["email"]);
  const isTagged = isTaggedFor(email, String(inputs["stack"]));
  return { email, isTagged, isToStay: inputs["onDelete"] === "leave", notes: [], pending };
}

/** The runs may have declared it differently, so what keeps a contact from being archived counts whichever says it. */
function withNote(contact: LeftoverContact | undefined, note: UnsettledCall): LeftoverContact {
  const { email, stack = "", isToStay = false } = note;
  const { notes = [] } = contact ?? {};
  return {
    ...contact,
    email,
    isTagged: contact?.isTagged === true || isTaggedFor(email, stack),
    isToStay: contact?.isToStay === true || isToStay,
    notes: [...notes, note],
  };
}
