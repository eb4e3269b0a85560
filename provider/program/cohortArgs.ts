import * as pulumi from "@pulumi/pulumi";
import { mailboxKey } from "../model/addresses";
import { sortedJson } from "../model/contacts";
import type { DataValue } from "../model/inputs";
import type { DataInput } from "./data";
import { maskAddress } from "../text/masking";
import { refuseInvalidContacts, type NumberedContact } from "./contactProblems";
import { programError } from "./programError";
import { sendable } from "./sendable";

/** One contact of a cohort. */
export interface CohortContact {
  /**
   * The address to enroll: one plain e-mail address of at most 254 characters, allowed by `mailmodo:allowedRecipients`.
   * Any other address fails the preview, and so does one that the cohort lists more than once. Changing it aborts the
   * old address and starts the new one. Another spelling of the domain (its ASCII form, capitals) is no change.
   */
  email: pulumi.Input<string>;
  /**
   * Personalization values: a flat object of strings, finite numbers and booleans, at most 64 KiB as JSON. Anything
   * else fails the preview. Default: none. Changing it aborts this contact and starts it again.
   */
  data?: pulumi.Input<DataInput> | undefined;
}

/** What a {@link JourneyCohort} enrolls, and in which journey. */
export interface JourneyCohortArgs {
  /**
   * The journey's id at Mailmodo. The journey's trigger must be "API / Webhook". Anything other than a UUID fails the
   * preview. Changing it aborts all contacts and starts them again.
   */
  journeyId: pulumi.Input<string>;
  /**
   * The contacts to enroll, in any order. Adding or removing one does not affect the others. An output, such as a secret
   * of the config, is possible; a preview shows the cohort's parts only once its value is known.
   */
  contacts: pulumi.Input<readonly CohortContact[]>;
  /**
   * Whether the journey may run more than once for an address at the same time, because of enrollments outside this
   * cohort. Anything other than true or false fails the preview. Default: false. Changing it aborts all contacts and
   * starts them again.
   */
  allowDuplicateEmail?: pulumi.Input<boolean>;
  /**
   * The reason that Mailmodo gets when a journey is aborted. An empty reason fails the preview. Default: a sentence
   * that names the project and the stack. Changed in place.
   */
  abortReason?: pulumi.Input<string>;
  /**
   * Values without a meaning of their own, such as a commit. Anything other than a list fails the preview. Default:
   * none. Changing them aborts all contacts and starts them again.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * Whether to archive each contact at Mailmodo once it has left the cohort: without that, the abort leaves the contact
   * there. Only for addresses with this stack's tag (see {@link stackAddress}), which no other enrollment or cohort of the
   * stack has; any other fails the preview. Anything other than true or false fails the preview. Default: false. Changed in
   * place, without a request.
   */
  archiveContact?: pulumi.Input<boolean>;
  /**
   * The highest number of resources that the contacts are spread over: a whole number from 1 to 1024, for any number of
   * contacts. Default: 64. It is fixed for the cohort's life: changing it fails the preview.
   */
  shards?: number;
}

const DEFAULT_SHARDS = 64;
const MAX_SHARDS = 1024;
const MAX_NAMED = 5;

/** @throws {pulumi.RunError} The number is not a whole number from 1 to 1024. */
export function numberOfShards(name: string, shards: unknown = DEFAULT_SHARDS): number {
  if (Number.isInteger(shards) && (shards as number) >= 1 && (shards as number) <= MAX_SHARDS) return shards as number;
  throw programError(`shards of the cohort "${name}" must be a whole number from 1 to ${MAX_SHARDS}.`);
}

/** A contact whose address is known. */
export interface KnownContact {
  readonly email: string;
  readonly data?: CohortContact["data"];
}

/** Whether the contacts are known only later, as a whole. */
export function isLater(contacts: JourneyCohortArgs["contacts"]): boolean {
  return pulumi.Output.isInstance(contacts) || contacts instanceof Promise;
}

/** @throws {pulumi.RunError} The value is not a list of contacts. */
export function contactList(name: string, contacts: unknown): readonly CohortContact[] {
  const fail = (why: string) => programError(`contacts of the cohort "${name}" ${why}.`);
  if (!Array.isArray(contacts)) throw fail("must be a list of { email, data }");
  const wrong = contacts.findIndex((contact: unknown) => {
    return typeof contact !== "object" || contact === null || (contact as CohortContact).email === undefined;
  });
  if (wrong >= 0) throw fail(`must each have an email; number ${wrong + 1} has none`);
  return contacts as CohortContact[];
}

/**
 * The contacts of an output, looked at before Pulumi puts them into an output of its own: there a Date is an empty object.
 *
 * @throws {pulumi.RunError} Through the returned output: the value is not a list of contacts, or Pulumi cannot carry it.
 */
export function laterContacts(
  name: string,
  contacts: JourneyCohortArgs["contacts"],
): pulumi.Output<readonly KnownContact[]> {
  const look = (list: unknown) =>
    contactList(name, list).map((contact, index) => sendableContact(name, contact, index + 1));
  const looked = pulumi.Output.isInstance(contacts) ? contacts.apply(look) : Promise.resolve(contacts).then(look);
  return pulumi.output(looked).apply((list) => knownContacts(name, list));
}

function sendableContact<T extends { readonly email: unknown }>(name: string, contact: T, number: number): T {
  const masked = typeof contact.email === "string" ? ` (${maskAddress(contact.email)})` : "";
  return sendable(`contact number ${number}${masked} of the cohort "${name}"`, contact);
}

/**
 * The contacts of an output, once they are known.
 *
 * @throws {pulumi.RunError} The value is not a list of contacts.
 */
function knownContacts(name: string, contacts: unknown): readonly KnownContact[] {
  return contactList(name, contacts).map(({ email, data }) => ({
    email: typeof email === "string" ? email : "",
    data,
  }));
}

/** Whether all addresses are plain strings, not outputs or promises. */
export function areKnown(emails: readonly pulumi.Input<string>[]): emails is string[] {
  return emails.every((email) => typeof email === "string");
}

/** @throws {pulumi.RunError} An address occurs more than once, in any spelling. */
export function refuseRepeated(name: string, emails: readonly string[]): void {
  const seen = new Map<string, number>();
  const repeated: string[] = [];
  emails.forEach((email, index) => {
    const key = mailboxKey(email);
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, index);
    else repeated.push(`${maskAddress(email)} (numbers ${earlier + 1} and ${index + 1})`);
  });
  if (repeated.length === 0) return;
  const more = repeated.length > MAX_NAMED ? ` and ${repeated.length - MAX_NAMED} more` : "";
  throw programError(
    `The cohort "${name}" has duplicate addresses: ${repeated.slice(0, MAX_NAMED).join(", ")}${more}. ` +
      "List each address once.",
  );
}

/** A contact without its values, if they are known only later. */
export function withKnownData<T extends { readonly data?: CohortContact["data"] }>(contact: T): T {
  return isPlain(contact.data) ? { ...contact, data: contact.data ?? {} } : { ...contact, data: undefined };
}

/**
 * The contacts as JSON for a shard's input, sorted by address.
 *
 * @throws {pulumi.RunError} Through the returned output: values that were not known before are not valid.
 */
export function contactsAsJson(
  name: string,
  contacts: readonly (KnownContact & NumberedContact)[],
): pulumi.Input<string> {
  const asText = (known: readonly NumberedContact[]) =>
    sortedJson(known.map(({ email, data }) => [email, data ?? {}] as const));
  if (contacts.every(({ data }) => isPlain(data))) return asText(contacts);
  const looked = contacts.map((contact) => sendableContact(name, contact, contact.number));
  return pulumi.output(looked).apply((known) => {
    refuseInvalidContacts(name, known);
    return asText(known);
  });
}

/** Whether values are known now, all of them. */
function isPlain(data: CohortContact["data"]): data is Record<string, DataValue> | undefined {
  const isLater = (value: unknown) => pulumi.Output.isInstance(value) || value instanceof Promise;
  return !isLater(data) && !Object.values(data ?? {}).some(isLater);
}
