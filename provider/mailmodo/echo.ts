/**
 * Whether the refusal of a start may be the echo of an earlier attempt at the same start: Mailmodo asked to slow down,
 * acted all the same, and says of the next attempt that the contact is in the journey. In doubt it is: a start that is
 * taken for refused although it runs is recorded nowhere, while one that is recorded as unconfirmed is aborted.
 */
export function mayBeEcho({ status, message }: { status: number; message: string }): boolean {
  const words = message.replace(NEGATED, " ");
  return status === 409 || message.trim() === "" || ECHOES.test(words);
}

const ECHOES =
  /\balready\b|\bduplicat|\bexist|\brunning\b|\bactive\b|\bin progress\b|\b(?:re-?)?enroll?(?:ed|ment)\b|\bconflict|\b(?:twice|again|once)\b|\bunique\b|\banother instance\b/i;

/** These say that there is none, or that the journey as a whole takes nobody in. */
const NEGATED =
  /(?:\b(?:not|no|non|never|no longer)|n['\u2019]t)[ -](?:be )?(?:exist\w*|active|running|enrolled)\b|\binactive\b|\b(?:try|retry) again\b/gi;
