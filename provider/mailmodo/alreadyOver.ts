/**
 * Whether a refused abort says that the instance is over or was never there. A wrong yes leaves an enrollment running
 * that nobody remembers; a wrong no is an error that the setting `alreadyOver` ends. So the whole sentence must
 * be one of the table's, in the vendor's own envelope: a gateway's "instance not found" is about a machine.
 *
 * @param more Phrases of the user's. One of them in the message, in any case of letters and any envelope, is a yes.
 */
export function saysAlreadyOver(
  { status, message, isEnvelope }: { status: number; message: string; isEnvelope: boolean },
  more: readonly string[] = [],
): boolean {
  // These are about the key, the bill, the permission or the server, whatever their words are.
  if (status === 401 || status === 402 || status === 403 || status >= 500) return false;
  const words = message.toLowerCase();
  if (more.some((phrase) => words.includes(phrase.toLowerCase()))) return true;
  const sentence = sentenceOf(message);
  return isEnvelope && SENTENCES.some((over) => over.test(sentence));
}

const INSTANCE = "(?:the |this |that )?(?:(?:running|active|journey) )*(?:instance|journey enroll?ment)s?";
const ENDED = "(?:been )?(?:aborted|cancell?ed|completed?|finished|ended|stopped|terminated)";
const WHOM = "(?:for|with) (?:this|that|the|the given|the provided) (?:email(?: id| address)?|address|contact|user|id)";

/**
 * The vendor documents none of these: they are put together from what Mailmodo's other endpoints and its peers say. The
 * instance is the subject. "The journey has ended" alone is not here: a journey that takes nobody in any more may still
 * send mail to those who are in it.
 */
const SENTENCES: readonly RegExp[] = [
  `${INSTANCE} (?:is |was |could )?not (?:be )?found(?: ${WHOM})?`,
  `${INSTANCE} (?:does not|doesn't|do not|don't) exist(?: ${WHOM})?`,
  `(?:there (?:is|are|was) )?(?:no|no such|unknown) ${INSTANCE}(?: (?:found|exists?))?(?: ${WHOM})?`,
  `(?:could not|couldn't|cannot|can't) find (?:an |any )?${INSTANCE}(?: ${WHOM})?`,
  `${INSTANCE} (?:is |was |has |have )?(?:already )?${ENDED}(?: ${WHOM})?`,
  `${INSTANCE} (?:is|are) (?:not|no longer) (?:running|active)(?: ${WHOM})?`,
  `(?:the |this )?journey (?:is |was |has )?already (?:been )?(?:aborted|cancell?ed)(?: ${WHOM})?`,
  `(?:the |this )?journey (?:is |was |has )?already ${ENDED} ${WHOM}`,
  `already ${ENDED}`,
].map((sentence) => new RegExp(`^${sentence}$`));

/** The words alone: small letters, one space, no ids, no end of the sentence. */
function sentenceOf(message: string): string {
  return message
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'")
    .replace(ID, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\s.:!]+$/, "");
}

/** A UUID, in quotes or not, with the words that lead to it: `with id "…"`. */
const ID = /(?:\b(?:with )?id:? ?)?["'(]?\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b["')]?/g;
