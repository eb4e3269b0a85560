import type { Instance } from "../../api";
import { stackLabel, stackTagOf } from "./plusTag";
import type { Compare, Keyed, Matches } from "./table";

/** One line of the list of enrollments. It leaves out the personalization values, which may be large. */
export interface EnrollmentRow extends Keyed {
  readonly key: string;
  readonly number: number;
  readonly email: string;
  readonly project: string;
  readonly stack: string;
  readonly isShortened: boolean;
  /** What the filter by stack is set to. Empty: the address has no plus tag of a stack. */
  readonly stackLabel: string;
  readonly journeyId: string;
  readonly status: Instance["status"];
  readonly isDoubled: boolean;
  readonly reason: string;
  readonly sent: number | undefined;
  /** When it came into its state, in milliseconds since 1970. */
  readonly since: number;
  /** What the search looks at, in lower case. */
  readonly text: string;
}

export function enrollmentRow(instance: Instance): EnrollmentRow {
  const { instanceId, number, revision, email, journeyId, status, startedAt, endedAt, abortReason = "" } = instance;
  const tag = stackTagOf(email);
  return {
    key: instanceId,
    number,
    revision,
    email,
    project: tag?.project ?? "",
    stack: tag?.stack ?? "",
    isShortened: tag?.isShortened ?? false,
    stackLabel: tag === undefined ? "" : stackLabel(tag),
    journeyId,
    status,
    isDoubled: instance.doubled === true,
    reason: abortReason,
    sent: instance.sent,
    since: Date.parse(endedAt ?? startedAt),
    text: `${email}\n${journeyId}\n${instanceId}\n${abortReason}`.toLowerCase(),
  };
}

/** What the address bar's query says about the list. */
export type EnrollmentQuery = Readonly<Record<string, string>>;

export const ENROLLMENT_COLUMNS = ["address", "project", "stack", "journey", "state", "since", "reason"] as const;
export type EnrollmentColumn = (typeof ENROLLMENT_COLUMNS)[number];

/** The rows that fit the query's state, stack, journey and search. `enrolled twice` is a state of its own here. */
export function enrollmentMatches({ state, stack, journey, q }: EnrollmentQuery): Matches<EnrollmentRow> {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (row) =>
    (state === undefined || (state === "twice" ? row.isDoubled : row.status === state)) &&
    (stack === undefined || row.stackLabel === stack) &&
    (journey === undefined || row.journeyId === journey) &&
    words.every((word) => row.text.includes(word));
}

export interface Order {
  readonly column: EnrollmentColumn;
  readonly isDescending: boolean;
}

/** The order that the query asks for. Default: what changed last comes first. */
export function enrollmentOrder({ sort = "-since" }: EnrollmentQuery): Order {
  const isDescending = sort.startsWith("-");
  const column = ENROLLMENT_COLUMNS.find((name) => name === sort.replace(/^-/, ""));
  return column === undefined ? { column: "since", isDescending: true } : { column, isDescending };
}

/** The query's `sort` after a click on a column's heading. A time begins with the latest. */
export function sortAfterClick(column: EnrollmentColumn, current: Order): string {
  const isDescending = column === current.column ? !current.isDescending : column === "since";
  return isDescending ? `-${column}` : column;
}

/** Rows that are alike in the column are in the order of their starts. */
export function compareEnrollments({ column, isDescending }: Order): Compare<EnrollmentRow> {
  const sign = isDescending ? -1 : 1;
  const valueOf = VALUES[column];
  return (a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === right) return sign * (a.number - b.number);
    // What has no value comes last, in both directions.
    if (left === "" || right === "") return left === "" ? 1 : -1;
    return left < right ? -sign : sign;
  };
}

const VALUES: Readonly<Record<EnrollmentColumn, (row: EnrollmentRow) => string | number>> = {
  address: ({ email }) => email,
  project: ({ project }) => project,
  stack: ({ stack }) => stack,
  journey: ({ journeyId }) => journeyId,
  state: ({ status }) => status,
  since: ({ since }) => since,
  reason: ({ reason }) => reason,
};

/** The different values of a column, in order: what a filter offers. */
export function choices(rows: readonly EnrollmentRow[], valueOf: (row: EnrollmentRow) => string): string[] {
  const values = new Set<string>();
  for (const row of rows) values.add(valueOf(row));
  values.delete("");
  return [...values].sort();
}
