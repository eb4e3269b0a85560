import type { Compare } from "./table";

/** How a list is sorted. */
export interface Order<Column extends string = string> {
  readonly column: Column;
  readonly isDescending: boolean;
}

type WithSince<Column extends string> = Column | "since";

/** The order that the query asks for. Default: what changed last comes first. */
export function orderOf<Column extends string>(
  columns: readonly Column[],
  { sort = "-since" }: Readonly<Record<string, string>>,
): Order<WithSince<Column>> {
  const isDescending = sort.startsWith("-");
  const column = columns.find((name) => name === sort.replace(/^-/, ""));
  return column === undefined ? { column: "since", isDescending: true } : { column, isDescending };
}

/** The query's `sort` after a click on a column's heading. A time begins with the latest. */
export function sortAfterClick(column: string, current: Order): string {
  const isDescending = column === current.column ? !current.isDescending : column === "since";
  return isDescending ? `-${column}` : column;
}

/** Rows that are alike in the column are in the order of their numbers. */
export function compareBy<Row extends { readonly number: number }, Column extends string>(
  values: Readonly<Record<Column, (row: Row) => string | number>>,
  { column, isDescending }: Order<Column>,
): Compare<Row> {
  const sign = isDescending ? -1 : 1;
  const valueOf = values[column];
  return (a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === right) return sign * (a.number - b.number);
    // What has no value comes last, in both directions.
    if (left === "" || right === "") return left === "" ? 1 : -1;
    return left < right ? -sign : sign;
  };
}

/** The different values of a column, in order: what a filter offers. */
export function choices<Row>(rows: readonly Row[], valueOf: (row: Row) => string): string[] {
  const values = new Set<string>();
  for (const row of rows) values.add(valueOf(row));
  values.delete("");
  return [...values].sort();
}
