import { MAX_SENTENCE, sentenceOf } from "./sentence";

/**
 * Whether a refused abort says that the instance has ended or never existed. A wrong yes leaves an enrollment running
 * that is recorded nowhere. A wrong no is only an error, and the user can fix it with the setting `alreadyOver`. So the
 * whole sentence must match the table, in the vendor's own envelope: a gateway's "instance not found" is about a
 * machine.
 *
 * @param more The user's own phrases. A message that contains one of them, in any case and any envelope, is a yes.
 */
export function saysAlreadyOver(
  { status, message, isEnvelope }: { status: number; message: string; isEnvelope: boolean },
  more: readonly string[] = [],
): boolean {
  // These statuses are about the key, the bill, the permission or the server, whatever the message says.
  if (status === 401 || status === 402 || status === 403 || status >= 500) return false;
  const words = message.toLowerCase();
  if (more.some((phrase) => words.includes(phrase.toLowerCase()))) return true;
  if (!isEnvelope || message.length > MAX_SENTENCE) return false;
  const sentence = sentenceOf(message);
  return SENTENCES.some((pattern) => pattern.test(sentence));
}

const INSTANCE = "(?:the |this |that )?(?:(?:running|active|journey) )*(?:instance|journey enroll?ment)s?";
const ENDED = "(?:been )?(?:aborted|cancell?ed|completed?|finished|ended|stopped|terminated)";
const WHOM = "(?:for|with) (?:this|that|the|the given|the provided) (?:email(?: id| address)?|address|contact|user|id)";

/**
 * The vendor documents none of these sentences. They are modeled on what Mailmodo's other endpoints and similar
 * services say. Their subject is the instance. "The journey has ended" alone is not among them: a journey that accepts
 * no new contacts may still send mail to those already in it.
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
