import { tagProblem } from "../model/archive";
import { maskAddress } from "../text/masking";
import type { MailboxUser } from "./mailboxClaims";
import { programError } from "./programError";
import { fullStackName } from "./stackName";

/**
 * Refuses to archive the contacts of addresses that another stack or a person may use.
 *
 * @param emails In the order of the program, for the numbers of a cohort's contacts.
 * @throws {pulumi.RunError} An address has no tag of this stack.
 */
export function requireTags({ kind, name }: MailboxUser, emails: readonly string[]): void {
  const stack = fullStackName();
  const untagged = emails.flatMap((email, index) => {
    const problem = tagProblem(email, stack);
    const which = kind === "cohort" ? `number ${index + 1}, ${maskAddress(email)}` : maskAddress(email);
    return problem === undefined ? [] : [{ which, problem }];
  });
  const [first] = untagged;
  if (first === undefined) return;
  const named = untagged.slice(0, MAX_NAMED).map(({ which }) => which);
  const more = untagged.length > MAX_NAMED ? ` and ${untagged.length - MAX_NAMED} more` : "";
  throw programError(`The ${kind} "${name}" cannot archive ${named.join("; ")}${more}: ${first.problem}`);
}

const MAX_NAMED = 3;
