import BTree from "sorted-btree";
import type { Changes } from "./changes";
import { withFacts, type Contact, type ContactSeed, type ContactState } from "./contact";

interface Parts {
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly changes: Changes;
  readonly idOf: (number: number) => string;
  /** How many of the archived ones are kept. */
  readonly archivedLimit: number;
}

/** The contacts: one for each address, all that are not archived, and the newest of those that are. */
export class Contacts {
  private readonly byAddress = new Map<string, Contact>();
  private readonly byNumber = new BTree<number, Contact>();
  /** The numbers of the archived ones, in the order in which they were archived. */
  private readonly archived = new Set<number>();
  private readonly numbersOf: Record<ContactState, number> = { active: 0, unsubscribed: 0, blocked: 0, archived: 0 };
  private lastNumber = 0;
  private lastRevision = 0;
  private droppedCount = 0;

  constructor(private readonly parts: Parts) {}

  get counts(): Readonly<Record<ContactState, number>> {
    return this.numbersOf;
  }

  get keptArchived(): { readonly count: number; readonly limit: number; readonly dropped: number } {
    return { count: this.archived.size, limit: this.parts.archivedLimit, dropped: this.droppedCount };
  }

  /** The contact of an address, however it is written. It may be archived. */
  get(email: string): Contact | undefined {
    return this.byAddress.get(keyOf(email));
  }

  /** The contacts as they are to be, which are not recorded yet. Those of unknown addresses are new. */
  changed(seeds: readonly ContactSeed[]): Contact[] {
    const { now, idOf } = this.parts;
    const at = new Date(now()).toISOString();
    const changed = new Map<string, Contact>();
    let number = this.lastNumber;
    for (const { email, ...facts } of seeds) {
      const known = changed.get(keyOf(email)) ?? this.get(email);
      const contact = known ?? newContact(email, ++number, idOf(number), at);
      changed.set(keyOf(email), { ...withFacts(contact, facts, at), revision: ++this.lastRevision });
    }
    return [...changed.values()];
  }

  /** All contacts, in the order in which they became known. */
  all(): Contact[] {
    return this.byNumber.valuesArray();
  }

  /** Those after a number, at most so many, in the order in which they became known. */
  page(after = 0, limit = Infinity): Contact[] {
    // The tree gives one more than it is asked for.
    const found = this.byNumber.getRange(after + 1, Infinity, true, limit).slice(0, limit);
    return found.map(([, contact]) => contact);
  }

  /** Takes in a contact that is new or was changed. Returns one that is dropped for it. */
  put(next: Contact): Contact | undefined {
    const known = this.byNumber.get(next.number);
    if (known !== undefined) this.numbersOf[known.state] -= 1;
    this.lastNumber = Math.max(this.lastNumber, next.number);
    this.lastRevision = Math.max(this.lastRevision, next.revision);
    this.numbersOf[next.state] += 1;
    this.byAddress.set(keyOf(next.email), next);
    this.byNumber.set(next.number, next);
    this.parts.changes.contact(next);
    if (!next.archived) return void this.archived.delete(next.number);
    this.archived.add(next.number);
    return this.archived.size > this.parts.archivedLimit ? this.dropOldest() : undefined;
  }

  /**
   * Takes in what a file kept. Returns what is dropped, which are those that were archived first, as before: the order of
   * the revisions is that of the changes.
   */
  restore(kept: readonly Contact[], lastNumber: number): Contact[] {
    this.clear(lastNumber);
    const inOrder = kept.toSorted((a, b) => a.revision - b.revision);
    return inOrder.map((contact) => this.put(contact)).filter((dropped) => dropped !== undefined);
  }

  /** @param lastNumber The highest number that was ever given. */
  clear(lastNumber = 0): void {
    for (const index of [this.byAddress, this.byNumber, this.archived]) index.clear();
    Object.assign(this.numbersOf, { active: 0, unsubscribed: 0, blocked: 0, archived: 0 });
    this.lastNumber = lastNumber;
    this.droppedCount = 0;
  }

  private dropOldest(): Contact | undefined {
    const [number = 0] = this.archived;
    const oldest = this.byNumber.get(number);
    if (oldest === undefined) return undefined;
    this.archived.delete(number);
    this.byNumber.delete(number);
    this.byAddress.delete(keyOf(oldest.email));
    this.numbersOf.archived -= 1;
    this.droppedCount += 1;
    return oldest;
  }
}

/** The same mailbox for the vendor's journeys as for its contacts. */
function keyOf(email: string): string {
  return email.toLowerCase();
}

function newContact(email: string, number: number, contactIdentifier: string, at: string): Contact {
  const facts = { archived: false, blocked: false, unsubscribed: false, unsubscribedEmailTypes: [] };
  const known = { number, revision: 0, contactIdentifier, email, createdAt: at, since: at };
  return { ...known, ...facts, lists: [], data: {}, state: "active" };
}
