import { styleText } from "node:util";
import { count } from "../../text/wording";
import type { Diagnosis, Line } from "./doctor";
import type { Level } from "./finding";

const COLORS = { ok: "green", warning: "yellow", failure: "red", skipped: "gray" } as const;

/** The diagnosis for a terminal: one line for each finding, and a summary. */
export function printed({ lines, counts }: Diagnosis, isColored: boolean): string {
  const width = Math.max(...lines.map(({ check }) => check.length));
  const painted = (level: Level) =>
    (isColored ? styleText(COLORS[level], level, { validateStream: false }) : level) + " ".repeat(7 - level.length);
  const line = ({ level, check, text, advice = "" }: Line) =>
    `${painted(level)}  ${check.padEnd(width)}  ${[text, advice].filter(Boolean).join(" ")}`;
  const summary = [
    count(counts.failure, "failure"),
    count(counts.warning, "warning"),
    `${counts.ok} ok`,
    ...(counts.skipped > 0 ? [`${counts.skipped} not checked`] : []),
  ];
  return [...lines.map(line), `${summary.join(", ")}.`].join("\n");
}
