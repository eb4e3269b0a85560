import type { ContactList } from "./contact";

interface Parts {
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly idOf: (number: number) => string;
}

/** The lists of contacts, in the order in which they were made. */
export class ContactLists {
  private readonly byName = new Map<string, ContactList>();

  constructor(private readonly parts: Parts) {}

  has(name: string): boolean {
    return this.byName.has(name);
  }

  all(): ContactList[] {
    return [...this.byName.values()];
  }

  /** The lists among these names that do not exist yet. They are not recorded yet. */
  missing(names: readonly string[]): ContactList[] {
    const { now, idOf } = this.parts;
    const createdAt = new Date(now()).toISOString();
    return [...new Set(names)]
      .filter((name) => !this.has(name))
      .map((name, index) => {
        const number = this.byName.size + index + 1;
        return { number, listId: idOf(number), name, createdAt };
      });
  }

  put(list: ContactList): void {
    this.byName.set(list.name, list);
  }

  clear(): void {
    this.byName.clear();
  }
}
