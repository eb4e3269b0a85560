import BTree from "sorted-btree";
import type { Changes } from "./changes";
import { withFacts, type Contact, type ContactSeed, type ContactState } from "./contact";

interface Parts {
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly changes: Changes;
  readonly idOf: (number: number) => string;
  /** Whether a journey runs for an address. */
  readonly isRunningFor: (email: string) => boolean;
  /** How many of the archived ones are kept. */
  readonly archivedLimit: number;
  /** How many of those are kept that only starts made, and that no journey runs for. */
  readonly idleLimit: number;
}

/** What changes a contact: a start, or a call that is about the contact. */
export type ChangedBy = "start" | "contact";

/**
 * The contacts: one for each address. Of those that are archived, and of those that only starts made and no journey runs
 * for, the newest are kept; of the others, all.
 */
export class Contacts {
  private readonly byAddress = new Map<string, Contact>();
  private readonly byNumber = new BTree<number, Contact>();
  /** The numbers of the archived ones, in the order in which they were archived. */
  private readonly archived = new Set<number>();
  /** The numbers of those that only starts made, and that no journey runs for. */
  private readonly idle = new BTree<number, true>();
  private readonly numbersOf: Record<ContactState, number> = { active: 0, unsubscribed: 0, blocked: 0, archived: 0 };
  private lastNumber = 0;
  private lastRevision = 0;
  private readonly droppedOf = { archived: 0, idle: 0 };

  constructor(private readonly parts: Parts) {}

  get counts(): Readonly<Record<ContactState, number>> {
    return this.numbersOf;
  }

  get keptArchived(): { readonly count: number; readonly limit: number; readonly dropped: number } {
    return { count: this.archived.size, limit: this.parts.archivedLimit, dropped: this.droppedOf.archived };
  }

  get keptIdle(): { readonly count: number; readonly limit: number; readonly dropped: number } {
    return { count: this.idle.size, limit: this.parts.idleLimit, dropped: this.droppedOf.idle };
  }

  /** The contact of an address, however it is written. It may be archived. */
  get(email: string): Contact | undefined {
    return this.byAddress.get(keyOf(email));
  }

  /** The contacts as they are to be, which are not recorded yet. Those of unknown addresses are new. */
  changed(seeds: readonly ContactSeed[], by: ChangedBy = "contact"): Contact[] {
    const { now, idOf } = this.parts;
    const at = new Date(now()).toISOString();
    const changed = new Map<string, Contact>();
    let number = this.lastNumber;
    for (const { email, ...facts } of seeds) {
      const known = changed.get(keyOf(email)) ?? this.get(email);
      const contact = known ?? newContact(email, ++number, idOf(number), at);
      const next: { -readonly [Name in keyof Contact]: Contact[Name] } = {
        ...withFacts(contact, facts, at),
        revision: ++this.lastRevision,
      };
      if (by === "contact") delete next.fromStarts;
      changed.set(keyOf(email), next);
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
    if (!next.archived) this.archived.delete(next.number);
    else this.archived.add(next.number);
    const dropped = this.settle(next.email);
    return this.archived.size > this.parts.archivedLimit ? this.drop("archived", first(this.archived)) : dropped;
  }

  /** Call it when a journey begins or ends for an address. Returns a contact that is dropped for that. */
  settle(email: string): Contact | undefined {
    const contact = this.get(email);
    if (contact === undefined) return undefined;
    const { number, state, fromStarts } = contact;
    if (fromStarts !== true || state !== "active" || this.parts.isRunningFor(email)) {
      if (this.idle.size > 0) this.idle.delete(number);
      return undefined;
    }
    this.idle.set(number, true);
    return this.idle.size > this.parts.idleLimit ? this.drop("idle", this.idle.minKey()) : undefined;
  }

  /**
   * Takes in what a file kept, after the instances. Returns what is dropped, which is the same as before: the order of the
   * revisions is that of the changes, and so that in which contacts were archived.
   */
  restore(kept: readonly Contact[], lastNumber: number): Contact[] {
    this.clear(lastNumber);
    const inOrder = kept.toSorted((a, b) => a.revision - b.revision);
    return inOrder.map((contact) => this.put(contact)).filter((dropped) => dropped !== undefined);
  }

  /** @param lastNumber The highest number that was ever given. No number is given again. */
  clear(lastNumber = this.lastNumber): void {
    for (const index of [this.byAddress, this.byNumber, this.archived, this.idle]) index.clear();
    Object.assign(this.numbersOf, { active: 0, unsubscribed: 0, blocked: 0, archived: 0 });
    this.lastNumber = lastNumber;
    Object.assign(this.droppedOf, { archived: 0, idle: 0 });
  }

  private drop(kind: "archived" | "idle", number = 0): Contact | undefined {
    const oldest = this.byNumber.get(number);
    if (oldest === undefined) return undefined;
    this[kind].delete(number);
    this.byNumber.delete(number);
    this.byAddress.delete(keyOf(oldest.email));
    this.numbersOf[oldest.state] -= 1;
    this.droppedOf[kind] += 1;
    return oldest;
  }
}

function first([number]: ReadonlySet<number>): number | undefined {
  return number;
}

/** The same mailbox for the vendor's journeys as for its contacts. */
function keyOf(email: string): string {
  return email.toLowerCase();
}

function newContact(email: string, number: number, contactIdentifier: string, at: string): Contact {
  const facts = { archived: false, blocked: false, unsubscribed: false, unsubscribedEmailTypes: [] };
  const known = { number, revision: 0, contactIdentifier, email, createdAt: at, since: at };
  return { ...known, ...facts, lists: [], data: {}, state: "active", fromStarts: true };
}
