import type { MailmodoError } from "../mailmodo/errors";
import { contactName } from "../model/addresses";
import { idToKeep, type ContactState } from "../model/contactInputs";
import { upCommand } from "../text/stackCommands";
import { withoutAdvice } from "./advice";
import { RecordedFailure } from "./recordedFailure";
import { session } from "./session";

/** The failure of an add that may have taken effect. The contact is recorded, so a destroy archives it. */
export function unconfirmedAdd(state: ContactState, error: Error): RecordedFailure {
  session.ownContacts.add(state.email);
  return unconfirmedChange(
    state,
    error,
    ` The contact is recorded: the next ${upCommand()} adds it again, and a destroy archives it.`,
  );
}

/**
 * The failure of an add, or of what follows one, that may have taken effect or may do so yet: the state says until when. It
 * lacks the contact's id, so the next up adds the contact again even if the program is as the state says by then.
 */
export function unconfirmedChange(state: ContactState, error: Error, advice = ""): RecordedFailure {
  const { addSentAt = state.addSentAt } = withoutAdvice(error) as MailmodoError;
  const { contactId, ...others } = state;
  const properties = { ...others, ...idToKeep({ ...others, contactId }), ...late(addSentAt) };
  return new RecordedFailure(contactName(state.email), properties, error.message + advice);
}

/** Only if there is such an add: the state holds no empty value. */
export function late(addSentAt: number | undefined): Pick<ContactState, "addSentAt"> {
  return addSentAt === undefined ? {} : { addSentAt };
}
