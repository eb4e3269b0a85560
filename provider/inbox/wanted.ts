import isEmail from "validator/lib/isEmail";
import { asciiAddress, mailboxKey, normalizeAddress } from "../model/addresses";
import { maskAddress } from "../text/masking";
import { InboxError } from "./inboxError";
import type { SeedMail } from "./seedMail";

/** Which mail to wait for, and how long. */
export interface WaitForMailOptions {
  /**
   * The recipient's address, with its plus tag: `qa+seeds.pr-42@…` is neither `qa@…` nor `qa+seeds.pr-4@…`. Only the
   * domain is not case-sensitive. An international domain may be in Unicode or in its ASCII form.
   */
  to: string;
  /**
   * The whole subject, or a regular expression that matches in its first 1,000 characters. Default: any subject.
   */
  subject?: string | RegExp;
  /**
   * The earliest time of arrival: a date, or ISO 8601 text such as an enrollment's `startedAt`; not in the future. S3
   * knows only whole seconds, so a message of the same second counts.
   */
  since: Date | string;
  /** How long to wait, in milliseconds: more than 0, at most a day. */
  timeoutMs: number;
}

/** The checked options: which message to wait for. */
export interface Wanted {
  /** Normalized. */
  readonly to: string;
  readonly subject?: string | RegExp;
  readonly since: Date;
  readonly timeoutMs: number;
}

const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** @throws {InboxError} An option is invalid. The message is one line. */
export function wantedBy(options: WaitForMailOptions): Wanted {
  const { to, subject, since, timeoutMs } = (options ?? {}) as { [Name in keyof WaitForMailOptions]?: unknown };
  if (typeof to !== "string" || !isEmail(to, { allow_utf8_local_part: false })) {
    const given = typeof to === "string" && to !== "" ? ` (${maskAddress(to)})` : "";
    throw invalid(`to must be one plain e-mail address${given}, such as qa+seeds.dev@seeds.example.com`);
  }
  if (subject !== undefined && typeof subject !== "string" && !(subject instanceof RegExp)) {
    throw invalid("subject must be the whole subject as a string, or a regular expression");
  }
  const from = dateOf(since);
  if (from === undefined) throw invalid("since must be a date, or one as text such as 2026-11-24T12:00:00.000Z");
  if (from.getTime() > Date.now()) {
    throw invalid(`since must not be in the future (${from.toISOString()}): use a time before the message was sent`);
  }
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid(`timeoutMs must be a number of milliseconds above 0, at most a day; it is ${String(timeoutMs)}`);
  }
  return { to: normalizeAddress(to), ...(subject === undefined ? {} : { subject }), since: from, timeoutMs };
}

export function isWanted({ recipients, subject }: SeedMail, wanted: Wanted): boolean {
  if (matchOf(recipients, wanted.to) !== "exact") return false;
  if (wanted.subject === undefined) return true;
  if (typeof wanted.subject === "string") return subject === wanted.subject;
  // Unlike `test`, `search` starts from the beginning even if the expression is global.
  return subject.slice(0, MAX_SEARCHED).search(wanted.subject) >= 0;
}

/** Few expressions of users are linear, and anyone may send a subject of half a mebibyte. */
const MAX_SEARCHED = 1000;

/**
 * Whether an address is among the recipients. Capitals before the @ make another one, because two seeds may differ in
 * them alone.
 */
export function matchOf(recipients: readonly string[], to: string): "exact" | "capitals" | "none" {
  if (recipients.some((one) => asciiAddress(one) === asciiAddress(to))) return "exact";
  return recipients.some((one) => mailboxKey(one) === mailboxKey(to)) ? "capitals" : "none";
}

/** A date, or a date as text: Pulumi's outputs are text, such as an enrollment's `startedAt`. */
function dateOf(value: unknown): Date | undefined {
  const isIsoText =
    typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const date = value instanceof Date ? value : isIsoText ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function invalid(what: string): InboxError {
  return new InboxError(`Cannot wait for mail: ${what}.`);
}
