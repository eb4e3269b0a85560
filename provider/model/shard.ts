import { maskAddress } from "../text/masking";
import { parseContacts, parseRecords, type Contacts } from "./contacts";
import { problemsOf } from "./inputs";
import type { Recipients } from "./recipients";

interface Shard {
  /** The cohort's name. */
  readonly cohort: string;
  readonly shard: number;
  /** The number of shards in the cohort's plan. */
  readonly shards: number;
  /** How many contacts the whole cohort has. A change of this number alone does not change the shard. */
  readonly size: number;
  /**
   * The contacts' places in the program's list, as JSON: see `numbersAsJson`. A change of these alone does not change the
   * shard, so the state's may be those of an earlier list. Missing in states of 0.1.0.
   */
  readonly numbers?: string;
  readonly journeyId: string;
  readonly allowDuplicateEmail: boolean;
  readonly abortReason: string;
  readonly triggers?: readonly unknown[];
  /** `organization/project/stack`. Missing in states of 0.1.0. */
  readonly stack?: string;
  readonly __provider: string;
}

/** A shard's inputs: the contacts of a cohort whose addresses hash to it. */
export interface ShardInputs extends Shard {
  /** {@link Contacts}, as JSON. */
  readonly contacts: string;
}

/** What the state holds of a shard. */
export interface ShardState extends Shard {
  /** The recorded contacts, as JSON: see {@link parseRecords}. */
  readonly contacts: string;
}

/** The places of a shard's contacts in the program's list, by address. Empty if they are not known. */
export function numbersOf({ contacts, numbers = "[]" }: ShardInputs): ReadonlyMap<string, number> {
  const emails = Object.keys(parseContacts(contacts));
  return new Map((JSON.parse(numbers) as number[]).map((number, index) => [emails[index]!, number]));
}

export function idOf({ cohort, shard }: Shard): string {
  return `${cohort}/${shard}`;
}

/** The first problem of a contact. Undefined if it is valid. */
export function contactProblem(
  contact: { readonly email: unknown; readonly data?: unknown },
  recipients: Recipients | undefined,
): string | undefined {
  return problemsOf(contact, recipients, contact.data === undefined ? ["email"] : ["email", "data"])[0];
}

/** The problem of the first invalid contact, and the number of other invalid contacts. Undefined if all are valid. */
export function contactsProblem(contacts: Contacts, recipients: Recipients | undefined): string | undefined {
  const problems = Object.entries(contacts).flatMap(([email, data]) => {
    const problem = contactProblem({ email, data }, recipients);
    return problem === undefined ? [] : [`The contact ${maskAddress(email)}: ${problem}`];
  });
  const more = problems.length - 1;
  return more > 0 ? `${problems[0]} ${more} more of this shard ${more === 1 ? "has" : "have"} problems.` : problems[0];
}

/**
 * Whether the shard must not be replaced. A replacement would abort its unconfirmed contacts by address, and so stop
 * the other instances that allowDuplicateEmail allows for them.
 */
export function mustNotReplace({ allowDuplicateEmail, contacts }: ShardState): boolean {
  return allowDuplicateEmail && [...parseRecords(contacts).values()].some(({ instanceId }) => instanceId === undefined);
}
