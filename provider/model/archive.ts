import { maskAddress } from "../text/masking";
import { mailboxKey } from "./addresses";
import { UNKNOWN, problemsOf } from "./inputs";
import type { Recipients } from "./recipients";
import { isTaggedFor } from "./stackTag";

/** The contacts that are archived when they leave the program: one, or those of a cohort's shard. Inputs and state alike. */
export interface ArchiveInputs {
  /** The addresses, as {@link addressesAsJson} writes them. */
  readonly contacts: string;
  /** `organization/project/stack`. */
  readonly stack: string;
  /** The cohort's name. Missing if the contact is that of enrollments. */
  readonly cohort?: string;
  readonly shard?: number;
  /** How many contacts the whole cohort has. A change of this number alone changes nothing. */
  readonly size?: number;
  /** The loader text; see stateFormat.ts. */
  readonly __provider: string;
}

/** Addresses as a JSON list, sorted, so that another order is not a change. */
export function addressesAsJson(emails: readonly string[]): string {
  return JSON.stringify([...emails].sort());
}

export function parseAddresses(text: string): string[] {
  return JSON.parse(text) as string[];
}

/** The addresses of one list that are not in another one, in any spelling. */
export function addressesWithout(text: string, other: string): string[] {
  const others = new Set(parseAddresses(other).map(mailboxKey));
  return parseAddresses(text).filter((email) => !others.has(mailboxKey(email)));
}

/** The problem of the first address that must not be archived. Undefined if there is none, or they are not known yet. */
export function archiveProblem(
  { contacts, stack }: ArchiveInputs,
  recipients: Recipients | undefined,
): string | undefined {
  if (contacts === UNKNOWN) return undefined;
  for (const email of parseAddresses(contacts)) {
    const problem = problemsOf({ email }, recipients, ["email"])[0] ?? tagProblem(email, stack);
    if (problem !== undefined) return `The contact ${maskAddress(email)}: ${problem}`;
  }
  return undefined;
}

/**
 * Why the contact of an address must not be archived, or undefined: without the stack's tag, another stack or a person may
 * use it.
 *
 * @param stack `organization/project/stack`.
 */
export function tagProblem(email: string, stack: string): string | undefined {
  if (isTaggedFor(email, stack)) return undefined;
  return (
    "archiveContact is only for addresses with this stack's tag, because others may use the contact of any other. " +
    "Make the address with stackAddress, or leave archiveContact out."
  );
}
