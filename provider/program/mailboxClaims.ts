import { maskAddress } from "../text/masking";
import { programError } from "./programError";

/** A resource that uses a mailbox's contact. */
export interface MailboxUser {
  readonly name: string;
  readonly kind: "enrollment" | "cohort" | "contact";
  /** Whether `archiveContact` is set. */
  readonly archives: boolean;
}

/** Which resources of a run use the contact of a mailbox, so that none archives what another one still uses. */
export class MailboxClaims {
  /** The first user of each. All users of a mailbox agree, so that any further one need only be compared with it. */
  private readonly users = new Map<string, MailboxUser>();
  /** The names of the Contact resources. */
  private readonly contacts = new Map<string, string>();

  /**
   * @param email For the message.
   * @throws {pulumi.RunError} Both would archive the contact, or one would archive it while the other uses it.
   */
  add(mailbox: string, user: MailboxUser, email: string): void {
    if (user.kind === "contact") this.addContact(mailbox, user.name, email);
    const other = this.users.get(mailbox);
    if (other === undefined) this.users.set(mailbox, user);
    else refuseConflict(other, user, maskAddress(email));
  }

  private addContact(mailbox: string, name: string, email: string): void {
    const other = this.contacts.get(mailbox);
    if (other !== undefined)
      throw programError(
        `"${other}" and "${name}" are both the contact ${maskAddress(email)}. Remove one: deleting either would archive the contact of both.`,
      );
    this.contacts.set(mailbox, name);
  }
}

function refuseConflict(one: MailboxUser, other: MailboxUser, contact: string): void {
  if (!one.archives && !other.archives) return;
  const user = one.kind === "contact" ? other : one;
  if ([one, other].some(({ kind }) => kind === "contact"))
    throw programError(
      `"${one.name}" and "${other.name}" both archive the contact ${contact}: a Contact does that itself, after its enrollments. ` +
        `Remove archiveContact from "${user.name}".`,
    );
  const areSingle = one.kind === "enrollment" && other.kind === "enrollment";
  if (areSingle && one.archives && other.archives) return;
  const archiving = one.archives ? one : other;
  const what = `"${one.name}" and "${other.name}" both use the contact ${contact}`;
  throw programError(
    areSingle
      ? `${what}, and only "${archiving.name}" sets archiveContact. Set it on both, or on none.`
      : `${what}, and "${archiving.name}" sets archiveContact. With a cohort, the one that sets it must be the only one. ` +
          "Remove the address from one of them, or archiveContact.",
  );
}
