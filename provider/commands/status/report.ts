import ms from "ms";
import { count } from "../../text/wording";
import type { CohortView, Counts, EnrollmentView, StackView, StatusView } from "./view";

/**
 * What `status` prints on a terminal, as lines.
 *
 * @param isOfOthers Whether a stack may be of another project than that of the folder. Default: no.
 */
export function linesOf(view: StatusView, now = Date.now(), isOfOthers = false): string[] {
  const { stacks, conflicts, gone, unknownNotes, totals } = view;
  const shown = stacks.length === 1 ? stacks : stacks.filter(hasContent);
  const widths = widthsOf(shown.flatMap(({ enrollments }) => enrollments.map((one) => cellsOf(one, now))));
  const conflictLines = conflicts.map(({ contact, journeyId, places }) => {
    const named = places
      .slice(0, MAX_PLACES)
      .map(({ stack, resource }) => `${shortName(stack)} (${cut(resource, MAX_NAME)})`);
    const more = places.length > MAX_PLACES ? [`${places.length - MAX_PLACES} more`] : [];
    const where = [...named, ...more].join(" and ");
    return `Conflict: ${contact} in journey ${journeyId} is enrolled by ${where}. Mailmodo refuses to start what already runs.`;
  });
  const goneLines = gone.map((one) => {
    const left = `left notes of ${count(one.calls, "call")} on this machine${since(one, now)}`;
    return `A run of the stack ${shortName(one.name)}, which is not in the backend, ${left}. ${recoverGone(one.name)}`;
  });
  const files = unknownNotes.map(
    (file) => `Notes of an unknown stack: ${file}. Run pulumi-mailmodo recover for the stack whose run was killed.`,
  );
  return [
    ...shown.flatMap((stack) => [...stackLines(stack, widths, now, isOfOthers), ""]),
    ...[...conflictLines, ...goneLines, ...files].flatMap((line) => [line, ""]),
    totalsLine(totals),
  ];
}

/** The most that a line shows of a name. With the instance's id, a line has at most 120 characters. */
const MAX_NAME = 24;
/** The most that a line shows of an address. A masked one is seldom longer; a full one is at most this long. */
const MAX_CONTACT = { masked: 28, full: 254 };
const MAX_PLACES = 3;
/** It settles the notes of stacks that are gone, too. */
function recoverGone(name: string): string {
  const project = projectOf(name);
  return `Next: pulumi-mailmodo recover, for any stack of the project${project === undefined ? "" : ` ${project}`}.`;
}

function projectOf(fullName: string): string | undefined {
  return fullName.split("/").at(-2);
}

function hasContent({ enrollments, cohorts, preview, lock, leftover, encrypted, error }: StackView): boolean {
  const others = [preview, lock, leftover, encrypted, error];
  return enrollments.length + cohorts.length > 0 || others.some((one) => one !== undefined);
}

function stackLines(stack: StackView, widths: readonly number[], now: number, isOfOthers: boolean): string[] {
  const { name, enrollments, cohorts } = stack;
  const lines = [`Stack ${shortName(name)}`, ...remarks(stack, now, isOfOthers).map((line) => `  ${line}`)];
  const journeys = new Set([...enrollments, ...cohorts].map(({ journeyId }) => journeyId));
  for (const journeyId of [...journeys].sort()) {
    const rows = enrollments.filter((one) => one.journeyId === journeyId).map((one) => cellsOf(one, now));
    const groups = cohorts.filter((one) => one.journeyId === journeyId);
    lines.push(`  Journey ${journeyId}`);
    for (const cells of rows) lines.push(`    ${rowOf(cells, widths)}`);
    for (const cohort of groups) lines.push(`    ${cohortLine(cohort, now)}`);
  }
  return lines;
}

/** What is known of a stack besides its enrollments. */
function remarks(stack: StackView, now: number, isOfOthers: boolean): string[] {
  const { name, enrollments, cohorts, preview, lock, leftover, encrypted, error } = stack;
  const own = name.split("/").at(-1)!;
  const isPending = [...enrollments, ...cohorts].some((one) =>
    "state" in one ? one.state === "pending" : one.pending > 0,
  );
  const needsRecovery = leftover !== undefined || lock?.liveness === "dead" || (isPending && lock === undefined);
  const project = projectOf(name);
  const where = isOfOthers && project !== undefined ? ` --cwd <folder of ${project}>` : "";
  const recovery =
    preview === undefined
      ? `pulumi-mailmodo recover --stack ${own}${where}`
      : `pulumi-mailmodo previews up --name ${own}${where}, or previews down`;
  return [
    ...(preview === undefined ? [] : [`Preview: ${expiry(preview.expires, now)}.`]),
    ...(lock === undefined ? [] : [lockLine(lock, now)]),
    ...(leftover === undefined
      ? []
      : [
          `A run that has ended left notes of ${count(leftover.calls, "call")} on this machine${since(leftover, now)}.`,
        ]),
    ...(needsRecovery ? [`A run was killed or failed. Next: ${recovery}.`] : []),
    ...(encrypted === undefined ? [] : [encryptedLine(encrypted)]),
    ...(error === undefined ? [] : [error]),
    ...(enrollments.length + cohorts.length === 0 && encrypted === undefined && error === undefined
      ? ["Nothing is enrolled."]
      : []),
  ];
}

function lockLine(lock: NonNullable<StackView["lock"]>, now: number): string {
  const holder = `${lock.holder}${since(lock, now)}`;
  if (lock.liveness === "alive") return `A run is in progress: ${holder}.`;
  if (lock.liveness === "dead") return `Locked by a run that has ended: ${holder}.`;
  return `Locked by ${holder}. Whether that run has ended cannot be determined from here.`;
}

function encryptedLine({ enrollments, cohorts, reason }: NonNullable<StackView["encrypted"]>): string {
  const parts = [
    ...(enrollments > 0 ? [count(enrollments, "enrollment")] : []),
    ...(cohorts > 0 ? [count(cohorts, "cohort")] : []),
  ];
  return `Not shown, because encrypted: ${parts.join(" and ")}. ${reason}`;
}

function cohortLine(cohort: CohortView, now: number): string {
  const { resource, contacts } = cohort;
  return `Cohort ${cut(resource, MAX_NAME)}: ${count(contacts, "contact")} (${states(cohort)})${since(cohort, now)}`;
}

function cellsOf({ contact, state, since: from, instanceId = "", resource }: EnrollmentView, now: number): string[] {
  const max = contact.includes("***") ? MAX_CONTACT.masked : MAX_CONTACT.full;
  return [cut(contact, max), state, from === undefined ? "" : ago(from, now), instanceId, cut(resource, MAX_NAME)];
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const cells of rows)
    for (const [nth, cell] of cells.entries()) widths[nth] = Math.max(widths[nth] ?? 0, cell.length);
  return widths;
}

function rowOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, nth) => cell.padEnd(widths[nth]!))
    .join("  ")
    .trimEnd();
}

function totalsLine({ stacks, contacts, previews, conflicts, incomplete, ...counts }: StatusView["totals"]): string {
  const parts = [
    `${count(contacts, "contact")} in ${count(stacks, "stack")}${contacts === 0 ? "" : ` (${states(counts)})`}`,
    ...(previews > 0 ? [count(previews, "preview")] : []),
    ...(conflicts > 0 ? [count(conflicts, "conflict")] : []),
    ...(incomplete > 0 ? [`${count(incomplete, "stack")} not read, or only in part`] : []),
  ];
  return `Total: ${parts.join(", ")}.`;
}

function states({ started, unconfirmed, pending, inProgress }: Omit<Counts, "contacts">): string {
  const parts = { started, unconfirmed, pending, "in progress": inProgress };
  return Object.entries(parts)
    .flatMap(([state, number]) => (number > 0 ? [`${number} ${state}`] : []))
    .join(", ");
}

function since({ since: from }: { readonly since?: string }, now: number): string {
  return from === undefined ? "" : `, ${ago(from, now)}`;
}

function ago(from: string, now: number): string {
  return `${ms(Math.max(0, now - Date.parse(from)))} ago`;
}

function expiry(expires: string, now: number): string {
  const leftMs = Date.parse(expires) - now;
  return leftMs > 0 ? `expires in ${ms(leftMs)}` : `expired ${ms(-leftMs)} ago`;
}

/** A backend without organizations calls each of them `organization`. */
function shortName(fullName: string): string {
  return fullName.replace(/^organization\//, "");
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
