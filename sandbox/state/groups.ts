interface Group<T> {
  items: T[];
  /** The place of the first item that is still in. */
  first: number;
  count: number;
}

/**
 * Items by a key, in the order in which they came. What is added or taken out costs the same however many there are for
 * the key, because items that are out stay in its list until they are half of it.
 */
export class Groups<T> {
  private readonly groups = new Map<string, Group<T>>();

  /** @param isIn Whether an item that was added is still in. */
  constructor(private readonly isIn: (item: T) => boolean) {}

  first(key: string): T | undefined {
    const group = this.groups.get(key);
    return group?.items[group.first];
  }

  all(key: string): T[] {
    return this.groups.get(key)?.items.filter(this.isIn) ?? [];
  }

  add(key: string, item: T): void {
    const group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, { items: [item], first: 0, count: 1 });
    else {
      group.items.push(item);
      group.count += 1;
    }
  }

  /** Call it once an item of the key is out. */
  removed(key: string): void {
    const group = this.groups.get(key);
    if (group === undefined) return;
    group.count -= 1;
    if (group.count === 0) return void this.groups.delete(key);
    if (group.items.length >= 2 * group.count) Object.assign(group, { items: group.items.filter(this.isIn), first: 0 });
    while (!this.isIn(group.items[group.first] as T)) group.first += 1;
  }

  clear(): void {
    this.groups.clear();
  }
}
