import { isDeepStrictEqual } from "node:util";
import { mailboxKey } from "./addresses";
import { NOT_WELL_FORMED, problemsOf, UNKNOWN, type DataValue } from "./inputs";
import type { Recipients } from "./recipients";

/** A contact's inputs as Pulumi passes them to the plugin, once they are known and valid. */
export interface ContactInputs {
  readonly email: string;
  /** The list's name. */
  readonly list: string;
  readonly data: Readonly<Record<string, DataValue>>;
  /** Whether a contact may be taken over that exists already and does not have this stack's tag. */
  readonly adopt: boolean;
  /** Default: archive what the stack made, leave what it adopted. */
  readonly onDelete?: "archive" | "leave";
  /** `organization/project/stack`. */
  readonly stack?: string;
  /** The loader text; see stateFormat.ts. */
  readonly __provider: string;
}

/** What the state holds for one contact. */
export interface ContactState extends ContactInputs, ContactFacts {
  /** Whether the contact existed before, and is not the stack's own. */
  readonly adopted: boolean;
  /**
   * When an add was sent whose answer was lost, in milliseconds since 1970. It stays until the next update, even if it can no
   * longer take effect by then.
   */
  readonly addSentAt?: number | undefined;
}

/** What Mailmodo says of a contact. */
export interface ContactFacts {
  readonly contactId?: string;
  readonly blocked?: boolean;
  readonly blockedReason?: string;
  readonly unsubscribed?: boolean;
  readonly unsubscribeReason?: string;
}

/** Inputs before they are checked: any of them may be missing, wrong or not yet known. */
type UncheckedContact = { readonly [Name in keyof ContactInputs]?: unknown };

/** Fills in missing inputs. */
export function withContactDefaults<T extends UncheckedContact>(inputs: T): T {
  return { ...inputs, data: inputs.data ?? {}, adopt: inputs.adopt ?? false };
}

/** All problems of the inputs, with no full address in them. A value that is not yet known is skipped. */
export function contactInputProblems(inputs: UncheckedContact, recipients: Recipients | undefined): string[] {
  const problems = { list: listProblem, adopt: adoptProblem, onDelete: onDeleteProblem };
  return [
    ...problemsOf(inputs, recipients, ["email", "data"]),
    ...(["list", "adopt", "onDelete"] as const)
      .filter((name) => inputs[name] !== UNKNOWN)
      .flatMap((name) => problems[name](inputs[name]) ?? []),
  ];
}

function listProblem(list: unknown): string | undefined {
  if (typeof list !== "string" || list.trim() === "") return "list must be the name of a list, as a string.";
  if (/[\p{Cc}\u2028\u2029]/u.test(list)) return "list must not contain a line break or another control character.";
  return list.isWellFormed() ? undefined : `list ${NOT_WELL_FORMED}`;
}

function adoptProblem(adopt: unknown): string | undefined {
  return typeof adopt === "boolean" ? undefined : "adopt must be true or false.";
}

function onDeleteProblem(onDelete: unknown): string | undefined {
  return ["archive", "leave", undefined, null].includes(onDelete as string | null | undefined)
    ? undefined
    : 'onDelete must be "archive" or "leave".';
}

/** Whether a change needs a request. Compares deeply, and ignores the order of keys. */
export function changesContact(olds: UncheckedContact, news: UncheckedContact): boolean {
  return (["email", "list", "data"] as const).some((name) => !isDeepStrictEqual(olds[name], news[name]));
}

/** Whether an input has changed that only the state records. */
export function changesRecord(olds: UncheckedContact, news: UncheckedContact): boolean {
  return (["adopt", "onDelete", "stack", "__provider"] as const).some((name) => olds[name] !== news[name]);
}

/** Whether another mailbox is meant. Another spelling of an address is none. */
export function isOtherMailbox(olds: UncheckedContact, news: UncheckedContact): boolean {
  return mailboxKey(String(olds.email)) !== mailboxKey(String(news.email));
}

/**
 * Whether it is not known yet if the stack made the contact: it was new before it was added, and Mailmodo has not shown it
 * since. It is recorded as adopted, although the program does not adopt it.
 */
export function isUnproven(contact: Pick<ContactState, "adopt" | "adopted" | "contactId">): boolean {
  return isUnprovenWithoutId(contact) && contact.contactId === undefined;
}

/** Whether the contact would count as unproven if its id were not known: it is adopted, and the program adopts it no more. */
export function isUnprovenWithoutId({ adopt, adopted }: Pick<ContactState, "adopt" | "adopted">): boolean {
  return adopted && !adopt;
}

/** The id of a contact that would count as unproven without it. */
export function idToKeep({
  contactId,
  ...contact
}: Pick<ContactState, "adopt" | "adopted"> & { readonly contactId?: string | undefined }): Pick<
  ContactState,
  "contactId"
> {
  return contactId !== undefined && isUnprovenWithoutId(contact) ? { contactId } : {};
}

/** Whether a delete archives the contact. */
export function isArchivedAtDelete({ onDelete, adopted }: Pick<ContactState, "onDelete" | "adopted">): boolean {
  return (onDelete ?? (adopted ? "leave" : "archive")) === "archive";
}

/**
 * The declared values as Mailmodo has them. A value that it lacks is left out. One that it gives back as another type is
 * the declared one: 27 and "27" are the same there.
 */
export function declaredData(
  declared: ContactInputs["data"],
  known: Readonly<Record<string, unknown>>,
): ContactInputs["data"] {
  const entries = Object.entries(declared).flatMap(([key, value]): [string, DataValue][] => {
    const now = Object.hasOwn(known, key) ? known[key] : undefined;
    if (now === undefined || now === null) return [];
    if (typeof now !== "string" && typeof now !== "number" && typeof now !== "boolean")
      return [[key, JSON.stringify(now)]];
    return [[key, String(now) === String(value) ? value : now]];
  });
  return Object.fromEntries(entries);
}
