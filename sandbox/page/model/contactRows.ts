import type { Contact, ContactState } from "../../api";
import { compareBy, orderOf, type Order } from "./order";
import { stackColumns } from "./plusTag";
import { searchFor, type Compare, type Keyed, type Matches } from "./table";

/** One line of the list of contacts. It leaves out the contact's data, which may be large. */
export interface ContactRow extends Keyed {
  /** The contact's number. */
  readonly key: number;
  readonly number: number;
  readonly email: string;
  readonly project: string;
  readonly stack: string;
  readonly isShortened: boolean;
  /** What the filter by stack is set to. Empty: the address has no plus tag of a stack. */
  readonly stackLabel: string;
  /** The names of its lists, with commas between them. */
  readonly lists: string;
  readonly state: ContactState;
  /** Why it is in that state. */
  readonly reason: string;
  /** When it came into its state, in milliseconds since 1970. */
  readonly since: number;
  /** Only starts made it. The sandbox keeps only so many of these. */
  readonly isFromStarts: boolean;
  /** What the search looks at, in lower case. */
  readonly text: string;
}

export function contactRow(contact: Contact): ContactRow {
  const { number, revision, contactIdentifier, email, state, since } = contact;
  const lists = contact.lists.join(", ");
  const reason = reasonOf(contact);
  return {
    key: number,
    number,
    revision,
    email,
    ...stackColumns(email),
    lists,
    state,
    reason,
    since: Date.parse(since),
    isFromStarts: contact.fromStarts === true,
    text: `${email}\n${contactIdentifier}\n${lists}\n${reason}`.toLowerCase(),
  };
}

/** An archived contact has no reason, but it may have been suppressed before. */
function reasonOf({ blockedReason, unsubscribeReason }: Contact): string {
  return blockedReason ?? unsubscribeReason ?? "";
}

const VALUES = {
  address: ({ email }: ContactRow) => email,
  project: ({ project }: ContactRow) => project,
  stack: ({ stack }: ContactRow) => stack,
  lists: ({ lists }: ContactRow) => lists,
  state: ({ state }: ContactRow) => state,
  since: ({ since }: ContactRow) => since,
  reason: ({ reason }: ContactRow) => reason,
};
type ContactColumn = keyof typeof VALUES;
const CONTACT_COLUMNS = Object.keys(VALUES) as ContactColumn[];

/** The rows that fit the query's state, stack and search. */
export function contactMatches({ state, stack, q }: Readonly<Record<string, string>>): Matches<ContactRow> {
  const isFound = searchFor(q);
  return (row) =>
    (state === undefined || row.state === state) &&
    (stack === undefined || row.stackLabel === stack) &&
    isFound(row.text);
}

export function contactOrder(query: Readonly<Record<string, string>>): Order<ContactColumn> {
  return orderOf(CONTACT_COLUMNS, query);
}

export function compareContacts(order: Order<ContactColumn>): Compare<ContactRow> {
  return compareBy(VALUES, order);
}
