import type { Connection } from "../mailmodo/transport";
import { contactName } from "../model/addresses";
import { isUnproven, type ContactInputs, type ContactState } from "../model/contactInputs";
import { addNote, isAsSent } from "../model/contactNote";
import { maskAddress } from "../text/masking";
import { unrecordedAdvice } from "../text/recoverAdvice";
import { upCommand } from "../text/stackCommands";
import { AdvisedError } from "./advice";
import { factsOf } from "./contactFacts";
import { existedBefore } from "./foreignContact";
import type { ContactOperation } from "./contactOperation";
import { RecordedFailure } from "./recordedFailure";

/** What is recorded of a contact that was added, without what Mailmodo says of it now. */
type Added = ContactInputs & Pick<ContactState, "adopted" | "contactId">;

/**
 * The state of a contact that was added and that is known to be the stack's, or adopted.
 *
 * @throws {RecordedFailure} Mailmodo does not know it, or could not be asked. The contact is recorded all the same, so a
 *   destroy archives it.
 */
export async function addedContact(operation: ContactOperation, to: Connection, state: Added): Promise<ContactState> {
  return { ...state, ...factsOf(await detailsOrFailure(operation, to, state)) };
}

/**
 * The state of a contact that Mailmodo did not know before it was added, and that has no tag of the stack. A person may have
 * signed up meanwhile, and something between may have answered the look-up. So the contact is the stack's only if Mailmodo
 * has just the values that were sent.
 *
 * @param sent All values that were sent. Default: those of the inputs.
 * @throws {RecordedFailure} Mailmodo does not know it, or could not be asked. It is recorded so that a destroy leaves it.
 * @throws {Error} The contact existed before, and the program does not adopt it.
 */
export async function provenContact(
  operation: ContactOperation,
  to: Connection,
  inputs: ContactInputs,
  sent = inputs.data,
): Promise<ContactState> {
  const details = await detailsOrFailure(operation, to, { ...inputs, adopted: true });
  const adopted = !isAsSent(addNote({ ...inputs, data: sent }), details.data);
  if (adopted && !inputs.adopt) {
    operation.finishNotes();
    throw existedBefore(inputs);
  }
  return { ...inputs, adopted, ...factsOf(details) };
}

/** The failure of an add that may have taken effect, of a contact that may be a person's by now. It is not recorded. */
export function unrecordedAdd(error: Error, { stack }: ContactInputs): AdvisedError {
  return new AdvisedError(
    error,
    `The contact may have been added and is not recorded, so a destroy leaves it. ${unrecordedAdvice(stack)}`,
  );
}

async function detailsOrFailure(operation: ContactOperation, to: Connection, state: Added) {
  const left = isUnproven(state) ? " Whether this stack made it is not known until then, so a destroy leaves it." : "";
  const fail = (message: string) => new RecordedFailure(contactName(state.email), state, message + left);
  const details = await operation.find(to, state).catch((error: Error) => {
    throw fail(`${error.message} It was added and is recorded: the next ${upCommand()} looks again.`);
  });
  if (details !== undefined) return details;
  throw fail(
    `Could not add the contact ${maskAddress(state.email)}: Mailmodo accepted the contact but does not return it. It may be ` +
      `archived: restore it in Mailmodo and run ${upCommand()} again, or use another address.`,
  );
}
