import type { Instance } from "../../api";
import { compareBy, orderOf, type Order } from "./order";
import { stackColumns } from "./plusTag";
import { searchFor, type Compare, type Keyed, type Matches } from "./table";

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
  /** Why it was aborted, or why messages of it were withheld. */
  readonly reason: string;
  readonly sent: number | undefined;
  /** When it came into its state, in milliseconds since 1970. */
  readonly since: number;
  /** What the search looks at, in lower case. */
  readonly text: string;
}

export function enrollmentRow(instance: Instance): EnrollmentRow {
  const { instanceId, number, revision, email, journeyId, status, startedAt, endedAt, abortReason, withheldReason } =
    instance;
  const reason = abortReason ?? withheldReason ?? "";
  return {
    key: instanceId,
    number,
    revision,
    email,
    ...stackColumns(email),
    journeyId,
    status,
    isDoubled: instance.doubled === true,
    reason,
    sent: instance.sent,
    since: Date.parse(endedAt ?? startedAt),
    text: `${email}\n${journeyId}\n${instanceId}\n${reason}`.toLowerCase(),
  };
}

/** What the address bar's query says about the list. */
export type EnrollmentQuery = Readonly<Record<string, string>>;

const ENROLLMENT_COLUMNS = ["address", "project", "stack", "journey", "state", "since", "reason"] as const;
type EnrollmentColumn = (typeof ENROLLMENT_COLUMNS)[number];

/** The rows that fit the query's state, stack, journey and search. `enrolled twice` is a state of its own here. */
export function enrollmentMatches({ state, stack, journey, q }: EnrollmentQuery): Matches<EnrollmentRow> {
  const isFound = searchFor(q);
  return (row) =>
    (state === undefined || (state === "twice" ? row.isDoubled : row.status === state)) &&
    (stack === undefined || row.stackLabel === stack) &&
    (journey === undefined || row.journeyId === journey) &&
    isFound(row.text);
}

export function enrollmentOrder(query: EnrollmentQuery): Order<EnrollmentColumn> {
  return orderOf(ENROLLMENT_COLUMNS, query);
}

export function compareEnrollments(order: Order<EnrollmentColumn>): Compare<EnrollmentRow> {
  return compareBy(VALUES, order);
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
