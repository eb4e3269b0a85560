import { signal } from "@preact/signals";
import type { Contact, Instance, Kept, LoggedRequest, SandboxState } from "../../api";
import { compareContacts, contactOrder, contactRow, type ContactRow } from "../model/contactRows";
import { compareEnrollments, enrollmentOrder, enrollmentRow, type EnrollmentRow } from "../model/enrollmentRows";
import { choices } from "../model/order";
import { compareRequests, requestRow, type RequestRow } from "../model/requestRows";
import { Table } from "../model/table";
import { LiveTable } from "./liveTable";

/** All that the page shows, as signals: a component that reads one is rendered again when it changes. */
export type Connection = "connecting" | "connected" | "reconnecting" | "stopped";

export const connection = signal<Connection>("connecting");
/** Whether the lists are being read. */
export const isReading = signal(true);
export const state = signal<SandboxState | undefined>(undefined);
export const enrollments = new LiveTable<Instance, EnrollmentRow>(
  new Table(compareEnrollments(enrollmentOrder({}))),
  enrollmentRow,
);
export const contacts = new LiveTable<Contact, ContactRow>(new Table(compareContacts(contactOrder({}))), contactRow);
export const requests = new LiveTable<LoggedRequest, RequestRow>(new Table(compareRequests), requestRow);
/** The instances that the last events were about. */
export const touched = signal<{ has(instanceId: string): boolean }>(new Set());
/** What a screen reader says next. */
export const announcement = signal("");
/** What the filters of the lists offer. */
export const filterChoices = signal<Readonly<Record<"stacks" | "journeys" | "contactStacks", readonly string[]>>>({
  stacks: [],
  journeys: [],
  contactStacks: [],
});
/** The sandbox's clock, in milliseconds since 1970. It moves once a second. */
export const clock = signal(Date.now());

let receivedAt = performance.now();

export function setState(next: SandboxState): void {
  state.value = next;
  receivedAt = performance.now();
  moveClock();
  dropOld(next);
}

/** Called once a second. */
export function tick(): void {
  moveClock();
  setChoices();
}

function moveClock(): void {
  const now = state.peek()?.now;
  if (now !== undefined) clock.value = Date.parse(now) + performance.now() - receivedAt;
}

/** Drops what the server dropped because of its limits. */
function dropOld({ requests: { limit }, ended, archived, idle }: SandboxState): void {
  const extra = requests.table.all.slice(limit);
  if (extra.length > 0) requests.change((table) => table.remove(extra));
  dropOldest(enrollments, ended, (row) => !isRunning(row));
  dropOldest(contacts, archived, ({ state }) => state === "archived");
  if (idle.dropped === 0) return;
  const running = new Set(enrollments.table.all.filter(isRunning).map(({ email }) => email.toLowerCase()));
  dropOldest(contacts, idle, (row) => row.isFromStarts && !running.has(row.email.toLowerCase()));
}

function isRunning({ status }: EnrollmentRow): boolean {
  return status === "running";
}

/** Drops the oldest of those that are bounded. */
function dropOldest<Row extends EnrollmentRow | ContactRow>(
  live: { readonly table: Table<Row>; change(how: (table: Table<Row>) => void): void },
  { dropped, limit }: Kept,
  isBounded: (row: Row) => boolean,
): void {
  if (dropped === 0) return;
  const all = live.table.all.filter(isBounded);
  if (all.length <= limit) return;
  const oldest = all.sort((a, b) => a.since - b.since || a.number - b.number).slice(0, all.length - limit);
  live.change((table) => table.remove(oldest));
}

let chosenFrom: readonly [readonly EnrollmentRow[], readonly ContactRow[]] | undefined;

function setChoices(): void {
  const [all, known] = [enrollments.table.all, contacts.table.all];
  if (all === chosenFrom?.[0] && known === chosenFrom[1]) return;
  chosenFrom = [all, known];
  const next = {
    stacks: choices(all, ({ stackLabel }) => stackLabel),
    journeys: choices(all, ({ journeyId }) => journeyId),
    contactStacks: choices(known, ({ stackLabel }) => stackLabel),
  };
  if (JSON.stringify(next) !== JSON.stringify(filterChoices.peek())) filterChoices.value = next;
}
