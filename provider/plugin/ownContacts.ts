import { mailboxKey } from "../model/addresses";
import type { ContactEntry } from "../pulumi/stateResource";

/** Which contacts the resources of a stack have: by its state, and by what this run has added and given up. */
export class OwnContacts {
  /** The mailboxes that a resource of this run has added. */
  private readonly added = new Set<string>();
  /** How many resources had a contact when the first of them gave it up, by mailbox. */
  private readonly had = new Map<string, number>();
  /** How many resources have given it up. */
  private readonly givenUp = new Map<string, number>();

  /** @param recorded The resources of a stack that record an address as a contact. It may throw. */
  constructor(
    private readonly recorded: (email: string, stack: string | undefined) => Promise<readonly ContactEntry[]>,
  ) {}

  /** Remembers that a resource has added a contact. */
  add(email: string): void {
    this.added.add(mailboxKey(email));
  }

  /**
   * Whether a resource of this run has added the contact, or one of the state records it.
   *
   * @throws {Error} The state cannot be read.
   */
  async has({ email, stack }: Contact): Promise<boolean> {
    return this.added.has(mailboxKey(email)) || (await this.recorded(email, stack)).length > 0;
  }

  /** Whether a resource of the stack has made the contact, for example one whose name in the program has changed. */
  async isMade({ email, stack }: Contact): Promise<boolean> {
    const entries = await this.recorded(email, stack).catch(() => []);
    return entries.some(({ adopted }) => !adopted);
  }

  /**
   * Remembers that a resource gives up its contact, because it is deleted. Of several that are deleted at the same time,
   * the last one is told that nobody else has the contact.
   *
   * @returns Whether another resource of the stack has it: the new half of a replacement, or one with another name.
   * @throws {Error} The state cannot be read. Nothing is remembered then.
   */
  async giveUp({ email, stack }: Contact): Promise<boolean> {
    const { length } = await this.recorded(email, stack);
    // No await from here on, because Pulumi deletes in parallel.
    const key = mailboxKey(email);
    // A later state may no longer show those that have given it up.
    const had = this.had.get(key) ?? length;
    const givenUp = (this.givenUp.get(key) ?? 0) + 1;
    this.had.set(key, had);
    this.givenUp.set(key, givenUp);
    return this.added.has(key) || had > givenUp;
  }
}

interface Contact {
  readonly email: string;
  readonly stack?: string;
}
