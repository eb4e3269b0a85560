/** Normalizes a message: lowercase, single spaces, without ids and final punctuation. */
export function sentenceOf(message: string): string {
  return message
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'")
    .replace(ID, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\s.:!]+$/, "");
}

/** No sentence that is looked for is longer, and a pattern over a longer one would take long. */
export const MAX_SENTENCE = 300;

/** A UUID, quoted or not, with the words that introduce it: `with id "…"`. */
const ID = /(?:\b(?:with )?id:? ?)?["'(]?\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b["')]?/g;
