const INSTANCE = String.raw`\b((journey|running|active) )*(instance|enrol?lment|execution)s?( id)?( [\da-f-]{8,})?`;
const OVER = String.raw`(been )?(aborted|cancell?ed|completed?|finished|ended|stopped|over)\b`;

/**
 * The spellings of "there is nothing left to abort". The vendor documents none, so this table holds what Mailmodo's
 * other endpoints and its peers say. Each has the instance as its subject, or says "already", and none fits a sentence
 * about an account, a plan, a key or a journey as a whole: a wrong "over" leaves an enrollment running that nobody
 * remembers, a missing one is an error that `mailmodo:alreadyOver` mends.
 */
const SPELLINGS: readonly RegExp[] = [
  String.raw`${INSTANCE}( (was|could|can))? ?not (be )?found\b(?! in\b)`,
  String.raw`${INSTANCE} (does not|doesn't|doesn’t) exist\b`,
  String.raw`\b(no|no such|unknown|could not find|cannot find)( (an|any|the))?${INSTANCE.replace(String.raw`\b`, " ")}`,
  String.raw`${INSTANCE} (is|was|has|already)( already)? ${OVER}`,
  String.raw`${INSTANCE} is (not|no longer) (running|active)\b`,
  String.raw`^(the )?journey( (is|was|has))? already ${OVER}`,
  String.raw`^already ${OVER}`,
].map((spelling) => new RegExp(spelling, "i"));

/**
 * Whether a refused abort says that the instance is over or was never there.
 *
 * @param more Phrases to add to the table, compared without regard to case.
 */
export function saysAlreadyOver(
  { status, message }: { status: number; message: string },
  more: readonly string[] = [],
): boolean {
  const words = message.toLowerCase();
  return (
    status === 410 ||
    SPELLINGS.some((spelling) => spelling.test(message)) ||
    more.some((phrase) => words.includes(phrase.toLowerCase()))
  );
}
