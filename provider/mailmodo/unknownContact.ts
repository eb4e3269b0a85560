import { MAX_SENTENCE, sentenceOf } from "./sentence";

/**
 * Whether a refusal says that there is no such contact. A wrong yes may take a real person's contact for a new one, or
 * forget one that is still there. A wrong no is only an error. So the whole sentence must match the table.
 *
 * @param isJson Whether the answer is JSON. Otherwise it comes from a gateway.
 */
export function saysUnknownContact({
  status,
  message,
  isJson,
}: {
  status: number;
  message: string;
  isJson: boolean;
}): boolean {
  if (!isJson || !STATUSES.includes(status) || message.length > MAX_SENTENCE) return false;
  // The answer may repeat the address, or name it in quotes.
  const sentence = sentenceOf(message.replace(/["'(]?[^\s"'()]*@[^\s"'()]*["')]?/g, " "));
  return SENTENCES.some((pattern) => pattern.test(sentence));
}

/** Any other status is about the key, the bill, the permission or the server, whatever the message says. */
const STATUSES: readonly number[] = [200, 400, 404, 409, 410, 422];

const CONTACT = "(?:the |this |that |your |any |a )?(?:contact|user|recipient|subscriber|email(?: address| id)?)s?";
const WHOM =
  "(?: (?:for|with)(?: (?:this|that|the))?(?: (?:given|provided))?(?: (?:email(?: id| address)?|address|id))?)?";

/**
 * The vendor documents one of these sentences, for an archive, and the last as what it says of an address that is not
 * valid. The package sends only valid ones, so it means there that Mailmodo does not know the address.
 */
const SENTENCES: readonly RegExp[] = [
  `${CONTACT}${WHOM} (?:does not|doesn't|do not|don't|did not|didn't) exists?(?: any ?more| in .{1,40})?`,
  `${CONTACT}${WHOM} (?:is |was |were |could )?not (?:be )?found`,
  `(?:there (?:is|are|was) )?(?:no|no such|unknown) ${CONTACT}(?: (?:found|exists?))?${WHOM}`,
  `(?:could not|couldn't|cannot|can't|unable to) find ${CONTACT}${WHOM}`,
  `${CONTACT}${WHOM} (?:is |was |has |have )?(?:already )?(?:been )?(?:archived|deleted)`,
  "already (?:archived|deleted)",
  "the provided email is not a valid email id",
].map((sentence) => new RegExp(`^${sentence}$`));
