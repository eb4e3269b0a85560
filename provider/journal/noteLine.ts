import { createHash } from "node:crypto";
import { jsonObject } from "../text/jsonObject";

/** Which call: a journey's start or abort, or one that adds or archives a contact. */
export type CallKind = (typeof KINDS)[number];

const KINDS = ["start", "abort", "add", "archive"] as const;

/** Any line but the first. Whatever names a person is sealed: a secret address must not be on a disk in plain text. */
export type NoteLine =
  | { readonly id: number; readonly call: CallKind; readonly sealed: string; readonly sentAt: number }
  /** The request was sent again. */
  | { readonly id: number; readonly sentAt: number }
  /** Mailmodo confirmed the call. For a start, `confirmed` holds the sealed instance id. */
  | { readonly id: number; readonly confirmed: string }
  | { readonly id: number; readonly finished: true };

/**
 * The text of a line. Its checksum shows damage that leaves it a valid note: another id would finish another note. It
 * begins with a line break, so a line that was cut off never runs into the next one.
 */
export function textOf(line: NoteLine): string {
  return `\n${JSON.stringify({ ...line, sum: checksum(line) })}`;
}

/**
 * Parses a line, without its line break.
 *
 * @returns "cut off" if only the beginning of the line was written. "damaged" if it is anything else.
 */
export function parseNoteLine(text: string): NoteLine | "cut off" | "damaged" {
  const { sum, ...line } = jsonObject(text) ?? {};
  if (isNoteLine(line) && sum === checksum(line)) return line;
  return FORMS.some((form) => isBeginning(text, form)) ? "cut off" : "damaged";
}

/** What shows that a line was damaged. */
export function checksum(line: object): string {
  return createHash("sha256").update(JSON.stringify(line)).digest("hex").slice(0, 8);
}

function isNoteLine(line: Record<string, unknown>): line is NoteLine {
  const { id, call, sealed, sentAt, confirmed, finished } = line;
  if (typeof id !== "number") return false;
  const isNote = isOneOf(KINDS, call) && typeof sealed === "string" && typeof sentAt === "number";
  const isSentAgain = call === undefined && typeof sentAt === "number";
  return isNote || isSentAgain || typeof confirmed === "string" || finished === true;
}

function isOneOf(kinds: readonly string[], call: unknown): boolean {
  return typeof call === "string" && kinds.includes(call);
}

/** What each kind of line consists of, in order. */
const [NUMBER, SEALED, SUM] = [/^\d+/, /^[\w+/=-]+/, /^[0-9a-f]{1,8}/];
const END = [',"sum":"', SUM, '"}'];
const note = (call: CallKind) => ['{"id":', NUMBER, `,"call":"${call}","sealed":"`, SEALED, '","sentAt":', NUMBER];
const FORMS: readonly (readonly (string | RegExp)[])[] = [
  ...KINDS.map((kind) => [...note(kind), ...END]),
  ['{"id":', NUMBER, ',"sentAt":', NUMBER, ...END],
  ['{"id":', NUMBER, ',"confirmed":"', SEALED, '"', ...END],
  ['{"id":', NUMBER, ',"finished":true', ...END],
];

/** Whether a text is the beginning of a line of that form, and not all of it. */
function isBeginning(text: string, form: readonly (string | RegExp)[]): boolean {
  let rest = text;
  for (const part of form) {
    if (typeof part !== "string") rest = rest.replace(part, "");
    else if (rest.startsWith(part)) rest = rest.slice(part.length);
    else return part.startsWith(rest);
  }
  return false;
}
