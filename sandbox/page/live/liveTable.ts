import { signal } from "@preact/signals";
import type { Keyed, Table } from "../model/table";

/**
 * A table that the server's events keep up to date. A connection begins, merges what the lists and the events bring in
 * any order, and completes: rows that neither brought are then gone.
 */
export class LiveTable<Item, Row extends Keyed> {
  private readonly version = signal(0);
  private staged: Map<Row["key"], Row> | undefined;
  private isShownMeanwhile = false;

  constructor(
    readonly table: Table<Row>,
    private readonly rowOf: (item: Item) => Row,
  ) {}

  /** The rows to show. A component that reads them is rendered again when they change. */
  get shown(): readonly Row[] {
    void this.version.value;
    return this.table.shown;
  }

  get size(): number {
    void this.version.value;
    return this.table.size;
  }

  begin(): void {
    this.staged = new Map();
    // After a connection was lost, what was there stays until all is read again.
    this.isShownMeanwhile = this.table.size === 0;
  }

  /** @returns How many rows were not there before. */
  merge(items: readonly Item[]): number {
    const rows = items.map(this.rowOf);
    for (const row of this.staged === undefined ? [] : rows) {
      const before = this.staged?.get(row.key);
      if (before === undefined || before.revision < row.revision) this.staged?.set(row.key, row);
    }
    if (this.staged !== undefined && !this.isShownMeanwhile) return 0;
    const before = this.table.size;
    this.change((table) => table.merge(rows));
    return this.table.size - before;
  }

  complete(): void {
    const rows = this.staged;
    this.staged = undefined;
    if (rows !== undefined && !this.isShownMeanwhile) this.change((table) => table.replace([...rows.values()]));
  }

  change(how: (table: Table<Row>) => void): void {
    how(this.table);
    this.version.value = this.version.peek() + 1;
  }
}
