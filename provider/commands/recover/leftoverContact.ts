import type { UnsettledCall } from "../../journal/unsealedNotes";
import { mailboxKey } from "../../model/addresses";
import { isTaggedFor } from "../../model/stackTag";
import { TYPES } from "../../model/stateFormat";
import type { PendingOperation } from "../../pulumi/deployment";
import type { RecordedIndex } from "../../pulumi/recordedIndex";

/** A contact that a killed run may have made, and that no resource of the stack records. */
export interface LeftoverContact {
  readonly email: string;
  /** Whether it has the stack's tag. */
  readonly isTagged: boolean;
  /** Whether its resource was to leave it at Mailmodo. */
  readonly isToStay: boolean;
  /** The note of it. Undefined if only a pending create tells of it. */
  readonly note?: UnsettledCall;
  /** Its pending create, which is dropped when the state is written. Undefined if only a note tells of it. */
  readonly pending?: PendingOperation;
}

/** The contacts that notes and pending creates tell of, and that the state does not record. */
export function leftoverContactsOf(
  calls: readonly UnsettledCall[],
  pending: readonly PendingOperation[],
  index: Pick<RecordedIndex, "contactsOf">,
): LeftoverContact[] {
  const creates = pending
    .filter(({ type, resource }) => type === "creating" && resource.type === TYPES.contact)
    .map((operation) => ofCreate(operation));
  const byMailbox = new Map(creates.map((create) => [mailboxKey(create.email), create]));
  const noted = calls
    .filter(({ kind }) => kind === "add")
    .map((note): LeftoverContact => {
      const { email, stack = "", isToStay = false } = note;
      const create = byMailbox.get(mailboxKey(email));
      return { ...create, email, isTagged: isTaggedFor(email, stack), isToStay, note };
    });
  const mailboxes = new Set(noted.map(({ email }) => mailboxKey(email)));
  return [...noted, ...[...byMailbox].flatMap(([key, create]) => (mailboxes.has(key) ? [] : create))].filter(
    ({ email }) => index.contactsOf(email).length === 0,
  );
}

function ofCreate(pending: PendingOperation): LeftoverContact {
  const { inputs = {} } = pending.resource;
  const email = String(inputs["email"]);
  const isTagged = isTaggedFor(email, String(inputs["stack"]));
  return { email, isTagged, isToStay: inputs["onDelete"] === "leave", pending };
}
