/**
 * Whether the refusal of a start may be the echo of an earlier attempt at the same start. Mailmodo may ask to slow
 * down, act on that attempt all the same, and refuse the next one because the contact is already in the journey. In
 * doubt, the answer is yes: a start that runs but is taken for refused is recorded nowhere, while an unconfirmed start
 * is recorded and then aborted.
 */
export function mayBeEcho({ status, message }: { status: number; message: string }): boolean {
  const words = message.replace(NEGATED, " ");
  return status === 409 || message.trim() === "" || ECHOES.test(words);
}

const ECHOES =
  /\balready\b|\bduplicat|\bexist|\brunning\b|\bactive\b|\bin progress\b|\b(?:re-?)?enroll?(?:ed|ment)\b|\bconflict|\b(?:twice|again|once)\b|\bunique\b|\banother instance\b/i;

/** These say that nothing runs, or that the journey accepts nobody. */
const NEGATED =
  /(?:\b(?:not|no|non|never|no longer)|n['\u2019]t)[ -](?:be )?(?:exist\w*|active|running|enrolled)\b|\binactive\b|\b(?:try|retry) again\b/gi;
