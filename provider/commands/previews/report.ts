import Table from "cli-table3";
import ms from "ms";
import { inert, inertCell, inertMarkdown } from "../../text/inert";
import type { Preview } from "./preview";
import type { PreviewOutcome } from "./sweep";

/** A title, a table and warnings, to be printed or written as Markdown. */
export interface Report {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** One line each. Default: none. */
  readonly warnings?: readonly string[];
}

export function listReport(previews: readonly Preview[], now = Date.now()): Report {
  return {
    title: previews.length === 0 ? "No previews" : `Previews: ${previews.length}`,
    columns: ["name", "age", "expires", "contacts", "unconfirmed", "last result", "commit"],
    rows: previews.map(({ name, created, expires, contacts, unconfirmed, result, sha }) => [
      name,
      created === undefined ? "?" : ms(Math.max(0, now - Date.parse(created))),
      expiry(expires, now),
      contacts === undefined ? "?" : String(contacts),
      unconfirmed === undefined ? "?" : String(unconfirmed),
      result ?? "not finished",
      sha?.slice(0, 8) ?? "",
    ]),
  };
}

export function upReport(preview: Preview, now = Date.now()): Report {
  const { name, warnings = [] } = preview;
  return { ...listReport([preview], now), title: `Preview ${name} is up`, warnings };
}

export function downReport({ name, outcome }: PreviewOutcome): Report {
  const title =
    outcome === "none" ? `Preview ${name} has no stack: nothing to destroy` : `Preview ${name} is destroyed`;
  return { title, columns: [], rows: [] };
}

export function sweepReport(destroyed: readonly PreviewOutcome[]): Report {
  const count = (outcome: PreviewOutcome["outcome"]) => destroyed.filter((one) => one.outcome === outcome).length;
  const counts = (["destroyed", "left", "kept"] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${WORDS[outcome]}`);
  return {
    title: destroyed.length === 0 ? "Nothing to destroy" : `Previews: ${counts.join(", ")}`,
    columns: ["name", "why", "outcome"],
    rows: destroyed.map(({ name, why = "", outcome, error }) => [
      name,
      why,
      error === undefined ? WORDS[outcome] : `${WORDS[outcome]}: ${error}`,
    ]),
  };
}

export function failureReport(name: string, error: Error): Report {
  return { title: `Preview ${name} failed`, columns: ["name", "why"], rows: [[name, error.message]] };
}

const WORDS: Record<PreviewOutcome["outcome"], string> = {
  destroyed: "destroyed",
  none: "already gone",
  kept: "would be destroyed",
  left: "still there",
};

export function printed({ title, columns, rows, warnings = [] }: Report): string {
  const list = warnings.map((line) => `Warning: ${inert(line)}`);
  if (rows.length === 0) return [inert(title), ...list].join("\n");
  const table = new Table({ head: [...columns], style: { head: [], border: [] } });
  table.push(...rows.map((row) => row.map((cell) => inert(cell).replace(/\s+/g, " "))));
  return [inert(title), table.toString(), ...list].join("\n");
}

/** The report as Markdown, for a pull request's comment or a job's summary. */
export function markdown({ title, columns, rows, warnings = [] }: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const head = `\n${line(columns)}${line(columns.map(() => "---"))}`;
  const table = rows.length === 0 ? "" : head + rows.map((row) => line(row.map(inertCell))).join("");
  const list = warnings.map((line) => `- Warning: ${inertMarkdown(line)}\n`).join("");
  return `### ${inertMarkdown(title)}\n${table}${list && `\n${list}`}\n`;
}

function expiry(expires: string | undefined, now: number): string {
  if (expires === undefined) return "unknown";
  const leftMs = Date.parse(expires) - now;
  return leftMs > 0 ? `in ${ms(leftMs)}` : `${ms(-leftMs)} ago`;
}
