import { isDeepStrictEqual } from "node:util";
import isEmail from "validator/lib/isEmail";
import isUUID from "validator/lib/isUUID";
import { asciiAddress } from "./addresses";
import { stackOptions } from "../text/configCommand";
import { maskAddress } from "../text/masking";
import { defaultsOf } from "./defaults";
import { kindOf } from "./kindOf";
import type { Recipients } from "./recipients";

/** A personalization value. The vendor's contract does not name the types; its other endpoints accept these three. */
export type DataValue = string | number | boolean;

/** An enrollment's inputs as Pulumi passes them to the plugin, once they are known and valid. */
export interface EnrollmentInputs {
  readonly journeyId: string;
  readonly email: string;
  readonly data: Readonly<Record<string, DataValue>>;
  readonly allowDuplicateEmail: boolean;
  readonly abortReason: string;
  readonly triggers?: readonly unknown[];
  /** `organization/project/stack`. States of 0.1.0 do not record it. */
  readonly stack?: string;
  /** The loader text; see stateFormat.ts. */
  readonly __provider: string;
}

type Defaulted = "allowDuplicateEmail" | "abortReason";

/** Inputs as the state records them: without these two where they have their default. */
export type RecordedInputs = Omit<EnrollmentInputs, Defaulted> & Partial<Pick<EnrollmentInputs, Defaulted>>;

/** What the state holds for one enrollment. */
export interface EnrollmentState extends RecordedInputs {
  /** Missing while the start is unconfirmed. */
  readonly instanceId?: string;
  readonly status: "started" | "unconfirmed";
  readonly startedAt: string;
}

/** Inputs before they are checked: any of them may be missing, wrong or not yet known. */
export type UncheckedInputs = { readonly [Name in keyof EnrollmentInputs]?: unknown };

/** What Pulumi passes to a dynamic provider in place of a value that is not yet known, whatever its type. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const MAX_EMAIL_LENGTH = 254;
const MAX_DATA_BYTES = 64 * 1024;

type WithDefaults<T extends UncheckedInputs> = T & { readonly [Name in Defaulted | "data"]: NonNullable<T[Name]> };

/** Fills in missing inputs: those that the program left out, that the state does not record, or that old states lack. */
export function withDefaults<T extends UncheckedInputs>(inputs: T): WithDefaults<T> {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined && value !== null);
  return { data: {}, ...defaultsOf(inputs.stack), ...Object.fromEntries(given) } as WithDefaults<T>;
}

/**
 * The inputs to record. For each resource, Pulumi writes the whole state, so the time of an up grows with all that each of
 * them records.
 */
export function withoutDefaults(inputs: EnrollmentInputs): RecordedInputs {
  const defaults: Readonly<Record<string, unknown>> = { ...defaultsOf(inputs.stack) };
  const recorded = Object.entries(inputs).filter(([name, value]) => !isDeepStrictEqual(value, defaults[name]));
  return Object.fromEntries(recorded) as unknown as RecordedInputs;
}

/** Adds the stack's name from the program's inputs to a state of 0.1.0, which does not record it. */
export function withStackOf<T extends { readonly stack?: string }>(
  state: T,
  { stack }: { readonly stack?: string },
): T {
  return state.stack !== undefined || stack === undefined ? state : { ...state, stack };
}

/** Changing one of these replaces the enrollment: abort, then start. */
const REPLACING = ["journeyId", "email", "data", "allowDuplicateEmail", "triggers"] as const;

/** The names of the changed inputs that require a replacement. Compares deeply, and ignores the order of keys. */
export function changedReplacing(olds: UncheckedInputs, news: UncheckedInputs): string[] {
  const [before, after] = [comparable(olds), comparable(news)];
  return REPLACING.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** Normalizes inputs, because two spellings that mean the same to Mailmodo must not start a journey twice. */
function comparable(inputs: UncheckedInputs): UncheckedInputs {
  const { journeyId, email, ...others } = withDefaults(inputs);
  return {
    ...others,
    // No triggers mean the same as an empty list.
    triggers: others.triggers ?? [],
    journeyId: typeof journeyId === "string" ? journeyId.toLowerCase() : journeyId,
    email: typeof email === "string" ? asciiAddress(email) : email,
  };
}

/** Whether an input has changed that changes in place: the abort reason, the stack's name, or the loader text. */
export function changedInPlace(olds: UncheckedInputs, news: UncheckedInputs): boolean {
  const [before, after] = [withDefaults(olds), withDefaults(news)];
  return (["abortReason", "stack", "__provider"] as const).some((name) => before[name] !== after[name]);
}

const CHECKED = ["journeyId", "email", "data", "allowDuplicateEmail", "abortReason", "triggers"] as const;
type Checked = (typeof CHECKED)[number];

/**
 * All problems of the inputs, with no full address in them. A value that is not yet known is skipped: the check runs
 * again once it is known, before anything is sent.
 *
 * @param recipients The allowed recipients. Undefined skips that check.
 * @param names The inputs to check. Default: all.
 */
export function problemsOf(
  inputs: UncheckedInputs,
  recipients: Recipients | undefined,
  names: readonly Checked[] = CHECKED,
): string[] {
  const checks: Record<Checked, (value: unknown) => string | undefined> = {
    journeyId: journeyIdProblem,
    email: (value) => emailProblem(value, recipients),
    data: dataProblem,
    allowDuplicateEmail: (value) =>
      typeof value === "boolean" ? undefined : "allowDuplicateEmail must be true or false.",
    abortReason: abortReasonProblem,
    triggers: (value) => (value === undefined || Array.isArray(value) ? undefined : "triggers must be a list."),
  };
  return names
    .filter((name) => inputs[name] !== UNKNOWN)
    .map((name) => checks[name](inputs[name]))
    .filter((problem) => problem !== undefined);
}

function journeyIdProblem(value: unknown): string | undefined {
  if (typeof value === "string" && isUUID(value, "loose")) return undefined;
  const hint = "Copy the id of a journey whose trigger is API / Webhook, such as 6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5.";
  if (value === undefined || value === "") return `journeyId must not be empty. ${hint}`;
  if (typeof value === "string" && value.includes("/")) return `journeyId must be the UUID alone, not a URL. ${hint}`;
  return `journeyId must be a UUID. ${hint}`;
}

function emailProblem(value: unknown, recipients: Recipients | undefined): string | undefined {
  if (typeof value !== "string" || value === "") return "email must be one e-mail address, as a string.";
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) return "email must not contain a line break or another control character.";
  if (!value.isWellFormed()) return `email ${NOT_WELL_FORMED}`;
  if (value.length > MAX_EMAIL_LENGTH)
    return `email must have at most ${MAX_EMAIL_LENGTH} characters; it has ${value.length}.`;
  if (/[<>]/.test(value)) return "email must be the address alone, without a display name or angle brackets.";
  if (/[,;]/.test(value) || value.split("@").length > 2) return "email must be one address; make a resource for each.";
  // "qa"@example.com is the mailbox of qa@example.com, but another text: it could be enrolled twice.
  if (value.startsWith('"')) return "email must not have quotation marks before the @.";
  if (!isEmail(value, { allow_utf8_local_part: false })) return `email is not a valid address (${maskAddress(value)}).`;
  if (recipients === undefined || recipients.allows(value)) return undefined;
  const outside = `email ${maskAddress(value)} is outside mailmodo:allowedRecipients.`;
  // The pattern for a domain that is not plain ASCII could look like another domain's, so no command is offered.
  if (/[^\x00-\x7f]/.test(value))
    return `${outside} Its domain has letters that are not ASCII and may look like others.`;
  return (
    `${outside} If it may get real mail, add a pattern for it to the list: ` +
    `pulumi config set ${stackOptions()}mailmodo:allowedRecipients '["*@seeds.example.com", "<pattern>"]'.`
  );
}

function abortReasonProblem(value: unknown): string | undefined {
  if (typeof value !== "string" || value.trim() === "")
    return "abortReason must not be empty; leave it out for the default.";
  return value.isWellFormed() ? undefined : `abortReason ${NOT_WELL_FORMED}`;
}

function dataProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return "data must be an object of personalization values.";
  }
  for (const [key, item] of Object.entries(value)) {
    if (LOST_KEYS.includes(key)) return `data must not have the key ${key}.`;
    if (item === UNKNOWN) continue;
    const scalar = typeof item === "string" || typeof item === "boolean" || Number.isFinite(item);
    if (!scalar) return `data.${key} must be a string, a finite number or a boolean; it is ${kindOf(item)}.`;
    if (!key.isWellFormed()) return `A key of data ${NOT_WELL_FORMED}`;
    if (typeof item === "string" && !item.isWellFormed()) return `data.${key} ${NOT_WELL_FORMED}`;
  }
  const bytes = Buffer.byteLength(JSON.stringify(value));
  return bytes > MAX_DATA_BYTES
    ? `data must be at most 64 KiB as JSON; it is ${Math.ceil(bytes / 1024)} KiB.`
    : undefined;
}

/**
 * Keys that Pulumi's SDK cannot carry. It assigns each to an object: the first would set its prototype and be lost. With the
 * second, it fails to write the object into a message of its own, and so ends the program.
 */
export const LOST_KEYS: readonly string[] = ["__proto__", "toString"];

/** JavaScript counts an emoji as two characters, so a text that is cut by their number may end within one. */
export const NOT_WELL_FORMED =
  "ends or begins within a character, such as an emoji. Cut it by characters: [...text].slice(0, 5).join('').";
