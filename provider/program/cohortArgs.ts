import * as pulumi from "@pulumi/pulumi";
import { inOrder } from "../model/contacts";
import type { DataValue } from "../model/inputs";
import { maskAddress } from "../text/masking";
import { programError } from "./programError";

/** One contact of a cohort. */
export interface CohortContact {
  /**
   * The address to enroll: one plain e-mail address of at most 254 characters, allowed by `mailmodo:allowedRecipients`.
   * Any other fails the preview, and so does one that the cohort has twice. Changing it aborts the old one and starts the
   * new one.
   */
  email: pulumi.Input<string>;
  /**
   * Personalization values: a flat object of strings, finite numbers and booleans, at most 64 KiB as JSON; anything else
   * fails the preview. Default: none. Changing it aborts and starts this contact again.
   */
  data?: pulumi.Input<Record<string, pulumi.Input<DataValue>>> | undefined;
}

/** What a {@link JourneyCohort} enrolls, and in which journey. */
export interface JourneyCohortArgs {
  /**
   * The journey's id at Mailmodo: a UUID. The journey's trigger must be "API / Webhook". Anything else than a UUID fails
   * the preview. Changing it aborts and starts all contacts again.
   */
  journeyId: pulumi.Input<string>;
  /** Whom to enroll, in any order. Adding or removing one touches no other. */
  contacts: readonly CohortContact[];
  /**
   * Whether the journey may run more than once for an address at the same time, by enrollments outside of this cohort;
   * true or false, or the preview fails. Default: false. Changing it aborts and starts all contacts again.
   */
  allowDuplicateEmail?: pulumi.Input<boolean>;
  /**
   * Why the journeys will be aborted: what Mailmodo is told. An empty one fails the preview. Default: names the project
   * and the stack. Changed in place.
   */
  abortReason?: pulumi.Input<string>;
  /**
   * Values that have no meaning of their own, such as a commit: any change of them aborts and starts all contacts again.
   * Anything but a list fails the preview. Default: none.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * Over how many resources at most the contacts are spread: a whole number from 1 to 1024, for any number of contacts.
   * Default: 64. It is fixed for the cohort's life: changing it fails the preview.
   */
  shards?: number;
}

const DEFAULT_SHARDS = 64;
const MAX_SHARDS = 1024;
const MAX_NAMED = 5;

/** @throws {pulumi.RunError} It is no such number. */
export function numberOfShards(name: string, shards: unknown = DEFAULT_SHARDS): number {
  if (Number.isInteger(shards) && (shards as number) >= 1 && (shards as number) <= MAX_SHARDS) return shards as number;
  throw programError(`shards of the cohort "${name}" must be a whole number from 1 to ${MAX_SHARDS}.`);
}

/** @throws {pulumi.RunError} It is no list of contacts. */
export function listOf(name: string, contacts: unknown): readonly CohortContact[] {
  const fail = (why: string) => programError(`contacts of the cohort "${name}" ${why}.`);
  if (!Array.isArray(contacts)) throw fail("must be a list of { email, data }");
  const wrong = contacts.findIndex((contact: unknown) => {
    return typeof contact !== "object" || contact === null || (contact as CohortContact).email === undefined;
  });
  if (wrong >= 0) throw fail(`must each have an email; number ${wrong + 1} has none`);
  return contacts as CohortContact[];
}

/** Whether all addresses are plain text. */
export function areKnown(emails: readonly pulumi.Input<string>[]): emails is string[] {
  return emails.every((email) => typeof email === "string");
}

/** @throws {pulumi.RunError} An address is there more than once, in whatever spelling. */
export function refuseTwice(name: string, emails: readonly string[]): void {
  const seen = new Map<string, number>();
  const twice: string[] = [];
  emails.forEach((email, index) => {
    const key = email.toLowerCase();
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, index);
    else twice.push(`${maskAddress(email)} (numbers ${earlier + 1} and ${index + 1})`);
  });
  if (twice.length === 0) return;
  const more = twice.length > MAX_NAMED ? ` and ${twice.length - MAX_NAMED} more` : "";
  throw programError(
    `The cohort "${name}" has addresses twice: ${twice.slice(0, MAX_NAMED).join(", ")}${more}. ` +
      "Each can be in it once: remove the others.",
  );
}

/** The contacts as a shard's input has them, in one order. */
export function textOf(contacts: readonly CohortContact[]): pulumi.Input<string> {
  const asText = (known: readonly { email: string; data?: unknown }[]) =>
    inOrder(known.map(({ email, data }) => [email, data ?? {}] as const));
  const isPlain = (data: CohortContact["data"]) =>
    Object.values(data ?? {}).every((value) => typeof value !== "object" || value === null);
  const arePlain = contacts.every(
    ({ data }) => !pulumi.Output.isInstance(data) && !(data instanceof Promise) && isPlain(data),
  );
  return arePlain
    ? asText(contacts as { email: string; data?: unknown }[])
    : pulumi.output(contacts).apply((known) => asText(known as { email: string; data?: unknown }[]));
}
