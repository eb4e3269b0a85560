import { asciiAddress, normalizeAddress } from "../model/addresses";
import { refuseRepeated, withKnownData, type KnownContact } from "./cohortArgs";
import { refuseInvalidContacts, type NumberedContact } from "./contactProblems";

/**
 * The contacts with their places in the program's list, and with one form of each address, so that another spelling is no
 * other contact.
 *
 * @throws {pulumi.RunError} A contact is not valid.
 */
export function validContacts(name: string, contacts: readonly KnownContact[]): (KnownContact & NumberedContact)[] {
  refuseRepeated(
    name,
    contacts.map(({ email }) => email),
  );
  const numbered = contacts.map(({ email, data }, index) => ({
    number: index + 1,
    email: normalizeAddress(email),
    data,
  }));
  refuseInvalidContacts(name, numbered.map(withKnownData));
  // What it might imitate was refused above.
  return numbered.map((contact) => ({ ...contact, email: asciiAddress(contact.email) }));
}
