import { mailboxKey } from "../model/addresses";
import type { ContactEntry } from "../pulumi/stateResource";

/** Which contacts the resources of a stack have: by its state, and by what this run has added and removed. */
export class OwnContacts {
  /** The mailboxes that a resource of this run has added. */
  private readonly added = new Set<string>();
  /** How many resources this run has removed, by mailbox. */
  private readonly removed = new Map<string, number>();

  /** @param recorded The resources of a stack that record an address as a contact. It may throw. */
  constructor(
    private readonly recorded: (email: string, stack: string | undefined) => Promise<readonly ContactEntry[]>,
  ) {}

  /** Remembers that a resource has added a contact. */
  add(email: string): void {
    this.added.add(mailboxKey(email));
  }

  /** Remembers that a resource has given up a contact, archived or not. */
  remove(email: string): void {
    const key = mailboxKey(email);
    this.removed.set(key, (this.removed.get(key) ?? 0) + 1);
  }

  /** Whether a resource of the stack has made the contact, for example one whose name in the program has changed. */
  async isMade({ email, stack }: Contact): Promise<boolean> {
    const entries = await this.recorded(email, stack).catch(() => []);
    return entries.some(({ adopted }) => !adopted);
  }

  /**
   * Whether another resource of the stack has the contact than the one that is deleted: the new half of a replacement, or
   * one with another name.
   *
   * @throws {Error} The state cannot be read.
   */
  async isSharedWithAnother({ email, stack }: Contact): Promise<boolean> {
    const key = mailboxKey(email);
    if (this.added.has(key)) return true;
    const entries = await this.recorded(email, stack);
    return entries.length - (this.removed.get(key) ?? 0) > 1;
  }
}

interface Contact {
  readonly email: string;
  readonly stack?: string;
}
