import { count } from "../../text/wording";
import { ago, since } from "./ages";
import { remarksOn } from "./remarks";
import type { CohortView, Counts, EnrollmentView, StackView, StatusView } from "./view";

interface ReportOptions {
  /** Whether a stack may be of another project than that of the folder. Default: no. */
  readonly isOfOthers?: boolean;
  /** Whether the view has addresses in full. Default: they are masked. */
  readonly showsAddresses?: boolean;
}

/** What `status` prints on a terminal, as lines. */
export function linesOf(view: StatusView, now = Date.now(), options: ReportOptions = {}): string[] {
  const { stacks, conflicts, gone, unknownNotes, totals } = view;
  const shown = stacks.length === 1 ? stacks : stacks.filter(hasContent);
  const widths = widthsOf(shown.flatMap(({ enrollments }) => enrollments.map((one) => cellsOf(one, now, options))));
  const conflictLines = conflicts.map(({ contact, journeyId, places, sameEnrollment }) => {
    const named = places
      .slice(0, MAX_PLACES)
      .map(({ stack, resource }) => `${shortName(stack)} (${cut(resource, MAX_NAME)})`);
    const more = places.length > MAX_PLACES ? [`${places.length - MAX_PLACES} more`] : [];
    const where = [...named, ...more].join(" and ");
    return `Conflict: ${contact} in journey ${journeyId} is enrolled by ${where}. ${sameEnrollment ? SAME : OTHER}`;
  });
  const goneLines = gone.map((one) => {
    const left = `left notes of ${count(one.calls, "call")} on this machine${since(one, now)}`;
    const doubt = one.hasEnded ? "" : " Whether it has ended cannot be determined from here.";
    const run = `A run of the stack ${shortName(one.name)}, which is not in the backend,`;
    return `${run} ${left}.${doubt} ${recoverGone(one.name)}`;
  });
  const files = unknownNotes.map(
    (file) =>
      `Notes of an unknown stack: ${file}. Run npx pulumi-mailmodo recover --stack <name> for the stack whose run was killed.`,
  );
  return [
    ...shown.flatMap((stack) => [...stackLines(stack, widths, now, options), ""]),
    ...[...conflictLines, ...goneLines, ...files].flatMap((line) => [line, ""]),
    totalsLine(totals),
  ];
}

/** The most that a line shows of a name. With the instance's id, a line has at most 120 characters. */
const MAX_NAME = 24;
/** The most that a line shows of an address. A masked one is seldom longer; a full one is at most this long. */
const MAX_CONTACT = { masked: 28, full: 254 };
const MAX_PLACES = 3;
const OTHER = "Mailmodo refuses to start what already runs.";
const SAME =
  "The states record the same enrollment, so one is a copy, and a destroy of either ends it for both. Remove the copy without " +
  "destroying it: pulumi stack rm --force --preserve-config --stack <copy>.";
/** It settles the notes of stacks that are gone, too. */
function recoverGone(name: string): string {
  const project = shortName(name).split("/").slice(0, -1).join("/");
  return `Next: npx pulumi-mailmodo recover --stack <name>, for any stack of the project${project === "" ? "" : ` ${project}`}.`;
}

function hasContent({ enrollments, cohorts, ...stack }: StackView): boolean {
  const others = [stack.preview, stack.lock, stack.leftover, stack.undecided, stack.encrypted, stack.error];
  return enrollments.length + cohorts.length > 0 || others.some((one) => one !== undefined);
}

function stackLines(stack: StackView, widths: readonly number[], now: number, options: ReportOptions): string[] {
  const { name, enrollments, cohorts } = stack;
  const lines = [
    `Stack ${shortName(name)}`,
    ...remarksOn(stack, now, options.isOfOthers === true).map((line) => `  ${line}`),
  ];
  const journeys = new Set([...enrollments, ...cohorts].map(({ journeyId }) => journeyId));
  for (const journeyId of [...journeys].sort()) {
    const rows = enrollments.filter((one) => one.journeyId === journeyId).map((one) => cellsOf(one, now, options));
    const groups = cohorts.filter((one) => one.journeyId === journeyId);
    lines.push(`  Journey ${journeyId}`);
    for (const cells of rows) lines.push(`    ${rowOf(cells, widths)}`);
    for (const cohort of groups) lines.push(`    ${cohortLine(cohort, now)}`);
  }
  return lines;
}

function cohortLine(cohort: CohortView, now: number): string {
  const { resource, contacts } = cohort;
  return `Cohort ${cut(resource, MAX_NAME)}: ${count(contacts, "contact")} (${states(cohort)})${since(cohort, now)}`;
}

function cellsOf(
  { contact, state, since: from, instanceId = "", resource }: EnrollmentView,
  now: number,
  { showsAddresses = false }: ReportOptions,
): string[] {
  const max = showsAddresses ? MAX_CONTACT.full : MAX_CONTACT.masked;
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

/** A backend without organizations calls each of them `organization`. */
function shortName(fullName: string): string {
  return fullName.replace(/^organization\//, "");
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
