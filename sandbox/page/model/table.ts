/** What a table needs to know of its rows. */
export interface Keyed {
  readonly key: string | number;
  /** The row with the higher revision is the newer one. */
  readonly revision: number;
}

export type Compare<Row> = (a: Row, b: Row) => number;
export type Matches<Row> = (row: Row) => boolean;

/**
 * Rows in order, and those of them that match a filter. A change costs one pass over the rows, not a sort of all of them:
 * with 10,000 rows and ten changes a second, a sort each time would be felt.
 */
export class Table<Row extends Keyed> {
  private byKey = new Map<Row["key"], Row>();
  private inOrder: readonly Row[] = [];
  private matching: readonly Row[] = [];

  /** @param compare A total order: it tells any two rows apart. */
  constructor(
    private compare: Compare<Row>,
    private matches: Matches<Row> = () => true,
  ) {}

  /** All rows, in order. */
  get all(): readonly Row[] {
    return this.inOrder;
  }

  /** The rows that match the filter, in order. */
  get shown(): readonly Row[] {
    return this.matching;
  }

  get size(): number {
    return this.byKey.size;
  }

  get(key: Row["key"]): Row | undefined {
    return this.byKey.get(key);
  }

  /** Adds rows, or puts them in the place of older ones with their keys. Ignores those that are older than what is there. */
  merge(rows: readonly Row[]): void {
    const replaced = new Set<Row>();
    const added = new Map<Row["key"], Row>();
    for (const row of rows) {
      const before = this.byKey.get(row.key);
      if (before !== undefined && before.revision >= row.revision) continue;
      if (before !== undefined && !added.has(row.key)) replaced.add(before);
      added.set(row.key, row);
      this.byKey.set(row.key, row);
    }
    if (added.size > 0) this.put(replaced, [...added.values()]);
  }

  remove(rows: Iterable<Row>): void {
    const removed = new Set(rows);
    for (const { key } of removed) this.byKey.delete(key);
    if (removed.size > 0) this.put(removed, []);
  }

  /** Has these rows and no others from now on. */
  replace(rows: readonly Row[]): void {
    this.byKey = new Map();
    this.inOrder = [];
    this.matching = [];
    this.merge(rows);
  }

  sortBy(compare: Compare<Row>): void {
    this.compare = compare;
    this.inOrder = [...this.inOrder].sort(compare);
    this.matching = this.inOrder.filter(this.matches);
  }

  filterBy(matches: Matches<Row>): void {
    this.matches = matches;
    this.matching = this.inOrder.filter(matches);
  }

  private put(removed: ReadonlySet<Row>, added: Row[]): void {
    added.sort(this.compare);
    const change = (rows: readonly Row[], more: readonly Row[]) =>
      mergeSorted(removed.size === 0 ? rows : rows.filter((row) => !removed.has(row)), more, this.compare);
    const more = added.filter(this.matches);
    const isFiltered = this.matching.length < this.inOrder.length || more.length < added.length;
    this.inOrder = change(this.inOrder, added);
    this.matching = isFiltered ? change(this.matching, more) : this.inOrder;
  }
}

/** Two lists that are in order, as one that is. The second one is the short one. */
function mergeSorted<Row>(some: readonly Row[], others: readonly Row[], compare: Compare<Row>): readonly Row[] {
  if (others.length === 0) return some;
  if (some.length === 0) return others;
  const parts: (Row | readonly Row[])[] = [];
  let from = 0;
  for (const other of others) {
    const to = placeOf(other, some, from, compare);
    parts.push(some.slice(from, to), other);
    from = to;
  }
  parts.push(some.slice(from));
  return parts.flat() as Row[];
}

/** Where a row belongs: before the first one that comes after it. */
function placeOf<Row>(row: Row, rows: readonly Row[], from: number, compare: Compare<Row>): number {
  let [low, high] = [from, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(row, rows[middle] as Row) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a row's text, in lower case, has every word of a search. */
export function searchFor(search = ""): (text: string) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return (text) => words.every((word) => text.includes(word));
}
