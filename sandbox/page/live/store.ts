import { signal } from "@preact/signals";
import type { Instance, LoggedRequest, SandboxState } from "../../api";
import {
  choices,
  compareEnrollments,
  enrollmentOrder,
  enrollmentRow,
  type EnrollmentRow,
} from "../model/enrollmentRows";
import { compareRequests, requestRow, type RequestRow } from "../model/requestRows";
import { Table } from "../model/table";
import { LiveTable } from "./liveTable";

/** All that the page shows, as signals: whoever reads one is rendered again when it changes. */
export type Connection = "connecting" | "connected" | "reconnecting" | "stopped";

export const connection = signal<Connection>("connecting");
/** Whether the lists are being read. */
export const isReading = signal(true);
export const state = signal<SandboxState | undefined>(undefined);
export const enrollments = new LiveTable<Instance, EnrollmentRow>(
  new Table(compareEnrollments(enrollmentOrder({}))),
  enrollmentRow,
);
export const requests = new LiveTable<LoggedRequest, RequestRow>(new Table(compareRequests), requestRow);
/** The instances that the last events were about. */
export const touched = signal<{ has(instanceId: string): boolean }>(new Set());
/** What a screen reader says next. */
export const announcement = signal("");
/** What the filters of the enrollments offer. */
export const stacksAndJourneys = signal<{ stacks: readonly string[]; journeys: readonly string[] }>({
  stacks: [],
  journeys: [],
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
function dropOld({ requests: { limit }, ended }: SandboxState): void {
  const extra = requests.table.all.slice(limit);
  if (extra.length > 0) requests.change((table) => table.remove(extra));
  if (ended.dropped === 0) return;
  const all = enrollments.table.all.filter(({ status }) => status !== "running");
  if (all.length <= ended.limit) return;
  const oldest = all.sort((a, b) => a.since - b.since || a.number - b.number).slice(0, all.length - ended.limit);
  enrollments.change((table) => table.remove(oldest));
}

let chosenFrom: readonly EnrollmentRow[] | undefined;

function setChoices(): void {
  const { all } = enrollments.table;
  if (all === chosenFrom) return;
  chosenFrom = all;
  const next = {
    stacks: choices(all, ({ stackLabel }) => stackLabel),
    journeys: choices(all, ({ journeyId }) => journeyId),
  };
  if (JSON.stringify(next) !== JSON.stringify(stacksAndJourneys.peek())) stacksAndJourneys.value = next;
}
