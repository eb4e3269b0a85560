/**
 * The spellings of "there is nothing left to abort". The vendor documents none, so this table holds what Mailmodo's
 * other endpoints and its peers say. Each names the instance or the address, or says that it has ended: "journey not
 * found" must not match, for a wrong journey leaves the enrollment running; nor may "invalid", for the same reason.
 */
const SPELLINGS: readonly RegExp[] = [
  /\b(instance|enrol?lment|ref)\b.*\b(not found|unknown|does ?n.?t exist|does not exist)\b/i,
  /\b(no such|no active|no running|unknown) (journey )?(instance|enrol?lment)s?\b/i,
  /\bno (active |running )?(journey )?instances? (found|running|for)\b/i,
  /\balready (been )?(aborted|cancell?ed|completed?|finished|ended|stopped|over)\b/i,
  /\b(not|no longer) (running|active|in progress)\b/i,
  /\bhas (finished|ended|completed)\b/i,
];

/** Whether a refused abort says that the instance is over or was never there. */
export function saysAlreadyOver(message: string): boolean {
  return SPELLINGS.some((spelling) => spelling.test(message));
}
