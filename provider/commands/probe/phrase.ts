import { wordsOf } from "../../mailmodo/outcomeErrors";
import { saysAlreadyOver } from "../../mailmodo/alreadyOver";
import type { Observation } from "./observation";
import type { PrivateText } from "./privateText";

/**
 * The phrase with which `mailmodo:alreadyOver` would make the provider take a refusal for "already over". Undefined if
 * there is none, or if it would fit other failures too: a wrong yes leaves an enrollment running that is recorded nowhere.
 *
 * @param others Refusals that mean something else.
 */
export function phraseFor(
  { outcome }: Observation,
  others: readonly (Observation | undefined)[],
  text: PrivateText,
): string | undefined {
  if (outcome.kind !== "refused") return undefined;
  const words = wordsOf(outcome);
  const parts = text.of(words).split(/\{\{\w+\}\}|\[key\]|\S*\*{3}\S*|["\\\p{Cc}]/u);
  const phrase = parts.map(trimmed).reduce((longest, part) => (part.length > longest.length ? part : longest), "");
  const isOfOthers = others.some((other) => other !== undefined && saidBy(other).includes(phrase.toLowerCase()));
  if (phrase.length < MIN_LENGTH || GENERIC.test(phrase) || isOfOthers) return undefined;
  return saysAlreadyOver({ ...outcome, message: words }, [phrase]) ? phrase : undefined;
}

const MIN_LENGTH = 8;
const MAX_LENGTH = 120;
/** What any failure may say. */
const GENERIC = /internal error|something went wrong|request failed|try again|unexpected|^(bad request|not found)$/i;

function trimmed(part: string): string {
  return part
    .slice(0, MAX_LENGTH)
    .replace(/^[\s'(:.,]+|[\s')(:.,]+$/g, "")
    .replace(/\s+with id$/i, "");
}

function saidBy({ outcome }: Observation): string {
  return "message" in outcome ? wordsOf(outcome).toLowerCase() : "";
}
