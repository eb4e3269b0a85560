import { escapeRegExp } from "./escapeRegExp";

/**
 * Masks an address for messages: `jane@example.com` becomes `j***@example.com`. A display name, angle brackets and quotes
 * are left out.
 */
export function maskAddress(email: string): string {
  const bare = email.replace(/^.*<|>.*$/gs, "").replace(/^["']+|["']+$/g, "");
  const at = bare.lastIndexOf("@");
  return at < 1 ? "***" : `${bare.slice(0, 1)}***${bare.slice(at)}`;
}

/**
 * Makes a foreign text safe for a log: one line, at most 300 characters, without the key, and with everything that
 * looks like an address masked. The text may repeat what was sent.
 */
export function redact(words: string, apiKey: string, email: string): string {
  return oneLine(
    words.replaceAll(apiKey, "[key]").replace(new RegExp(escapeRegExp(email), "gi"), () => maskAddress(email)),
  );
}

/** Shortens a foreign text to one line of at most 300 characters, with everything that looks like an address masked. */
export function oneLine(words: string): string {
  return words
    .replace(ADDRESS, (address) => maskAddress(address.replace(/%40/i, "@")))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_LENGTH);
}

const MAX_LENGTH = 300;

const DELIMITERS = `\\s"'<>(),;\u2018\u2019\u201c\u201d\u00ab\u00bb`;
const ATOM = `[^${DELIMITERS}:[\\]]`;
const APOSTROPHE = `(?<=\\w)['\u2019]`;
/**
 * Looks like an address, encoded for a URL or not. It begins where a word begins, and nowhere else: otherwise a long
 * answer without an address would take minutes to search.
 */
const ADDRESS = new RegExp(
  `(?:"[^"]{1,64}"|(?<!${ATOM}|${APOSTROPHE})${ATOM}+(?:${APOSTROPHE}(?=\\w)${ATOM}+)*)(?:@|%40)[^${DELIMITERS}]+`,
  "gi",
);
