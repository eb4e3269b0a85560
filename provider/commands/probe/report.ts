import Table from "cli-table3";
import { inert } from "../../text/inert";
import { shellWord } from "../../text/shellWord";
import type { ProbeResult, Row } from "./result";

const COLUMNS = ["situation", "status", "answer", "Mailmodo's words", "the provider", "right?"];
const WIDTHS = { "Mailmodo's words": 36, "right?": 30 } as const;

/** What a terminal shows of a result. */
export function printed(result: ProbeResult, { isColored }: { isColored: boolean }): string {
  const { rows, profiles, abortByAddress, command, file, unplayable } = result;
  const toReport = file ?? (unplayable.length > 0 ? "what --json prints" : "a file of --out");
  const table = new Table({
    head: COLUMNS,
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: COLUMNS.map((name) => WIDTHS[name as keyof typeof WIDTHS] ?? null),
  });
  table.push(...rows.map((row) => cells(row, isColored)));
  const hasDefect = rows.some(({ verdict }) => verdict === "defect");
  return [
    table.toString(),
    `An abort by address ends: ${ENDS[abortByAddress]}.`,
    profiles.length === 0
      ? "Too little was answered to name a profile of the sandbox that answers so."
      : `The sandbox's profiles that answer so: ${profiles.join(", ")}.`,
    ...(command === undefined ? [] : [`To let the provider take these words for "already over": ${command}`]),
    ...(hasDefect ? [`A defect: please report it, with ${toReport} attached.`] : []),
    ...(file === undefined
      ? []
      : [`Written: ${file}. Play it: npx mailmodo-sandbox --profile-file ${shellWord(file)}`]),
  ]
    .map((part, index) => (index === 0 ? part : inert(part)))
    .join("\n");
}

const ENDS: Record<ProbeResult["abortByAddress"], string> = {
  all: "all instances of the address",
  last: "only the latest instance of the address",
  "not seen": "not seen, as no two instances ran (see --second-instance), or as the answers do not tell",
};

function cells(
  { situation, status, form = "", words = "", outcome = "", verdict, note }: Row,
  isColored: boolean,
): string[] {
  const judgement = [VERDICTS[verdict], note].filter(Boolean).join(": ");
  return [
    situation,
    status === undefined ? "" : String(status),
    form,
    inert(words).replace(/\s+/g, " "),
    outcome,
    isColored ? colored(judgement, verdict) : judgement,
  ];
}

const VERDICTS: Record<Row["verdict"], string> = {
  right: "yes",
  fix: "no",
  setting: "no",
  defect: "a defect",
  failed: "no",
  "not asked": "not asked",
};

function colored(text: string, verdict: Row["verdict"]): string {
  if (verdict === "not asked") return text;
  return `\u001b[${verdict === "right" ? 32 : 31}m${text}\u001b[39m`;
}
