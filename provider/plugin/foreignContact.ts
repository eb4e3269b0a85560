import type { ContactInputs } from "../model/contactInputs";
import { maskAddress } from "../text/masking";
import { plainError } from "./shardMessages";

/**
 * A contact that may be a real person's.
 *
 * @param isUnproven Whether an earlier run tried to add it.
 */
export function foreignContact({ email, onDelete }: ContactInputs, isUnproven: boolean): Error {
  const tried =
    "An earlier run tried to add it, but the values that Mailmodo has of it do not show that it did: look at its values and " +
    "lists there. ";
  return plainError(
    `The contact ${maskAddress(email)} already exists in Mailmodo and does not have this stack's plus tag, so it may belong to ` +
      `a real person. ${isUnproven ? tried : ""}Nothing was changed. Use an address from stackAddress, or set adopt: true to ` +
      `let this stack change it; ${atDelete(onDelete)}.`,
  );
}

/** A contact that was taken for a new one, and is not: the look-up after the add shows it. */
export function existedBefore({ email, onDelete }: ContactInputs): Error {
  return plainError(
    `The contact ${maskAddress(email)} existed in Mailmodo before it was added, because Mailmodo has other values of it than ` +
      "were sent: a person has signed up meanwhile, the look-up before was not answered by Mailmodo, or the contact was " +
      "archived. It is in the list now, and its values may have changed; a destroy leaves it. Look at it in Mailmodo. Use " +
      `another address, or set adopt: true to let this stack have it; ${atDelete(onDelete)}.`,
  );
}

/** What a delete does with a contact that is adopted. */
function atDelete(onDelete: ContactInputs["onDelete"]): string {
  return onDelete === "archive"
    ? 'remove onDelete: "archive", unless deleting the resource is to archive it'
    : "it then stays in Mailmodo when the resource is deleted";
}
