import { escapeRegExp } from "./escapeRegExp";
import { inert } from "./inert";
import { anyOf, spellingsOf } from "./spellings";

/**
 * Masks an address for messages: `jane@example.com` becomes `j***@example.com`. A display name, angle brackets and quotes
 * are left out.
 */
export function maskAddress(email: string): string {
  const bare = email.replace(/^.*<|>.*$/gs, "").replace(/^["']+|(?<!["'])["']+$/g, "");
  // A pattern for all of a domain is nobody's address.
  if (bare.startsWith("*@")) return inert(bare);
  const at = bare.lastIndexOf("@");
  return at < 1 ? "***" : inert(`${bare.slice(0, 1)}***${bare.slice(at)}`);
}

/** What a foreign text may repeat, although no log may hold it. */
interface Private {
  readonly apiKey: string;
  /** The spellings of the proxy's password. Default: there is none. */
  readonly proxyPasswords?: readonly string[];
  readonly email: string;
}

/**
 * Makes a foreign text safe for a log: one line, at most 300 characters, without the key in any of its spellings and without
 * the proxy's password, and with everything that looks like an address masked. The text may repeat what was sent.
 */
export function redact(words: string, { apiKey, proxyPasswords = [], email }: Private): string {
  const withoutKey = beginningOf(words).replace(keyPattern(apiKey), "[key]");
  // All at once, as a password may be a word of what stands in its place; the longest first, as one may begin another.
  const longestFirst = [...proxyPasswords].sort((a, b) => b.length - a.length);
  const spellings = new RegExp(longestFirst.map(escapeRegExp).join("|"), "g");
  const masked = proxyPasswords.length === 0 ? withoutKey : withoutKey.replace(spellings, "[proxy password]");
  return oneLine(masked.replace(new RegExp(escapeRegExp(email), "gi"), () => maskAddress(email)));
}

/** A short key may be like any word: only as it is, it is taken for the key. */
function keyPattern(key: string): RegExp {
  if (key.length >= LEAST_LENGTH) return anyOf(spellingsOf(key));
  return key === "" ? /(?!)/ : new RegExp(escapeRegExp(key), "g");
}

/**
 * Shortens a foreign text to one line of at most 300 characters, with everything that looks like an address masked.
 * Control characters, marks of writing direction and halves of characters become spaces.
 */
export function oneLine(words: string): string {
  return inert(maskAddresses(beginningOf(words)))
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_LENGTH)
    .replace(/\p{Cs}$/u, "");
}

/** Masks everything in a text that looks like an address. */
export function maskAddresses(text: string): string {
  return text.replace(ADDRESS, (address) => maskAddress(address.replace(ENCODED_AT, "@")));
}

/** Without the word that the cut goes through, which may be half of an address. No address is longer than a word of it. */
function beginningOf(text: string): string {
  if (text.length <= MAX_READ) return text;
  const beginning = text.slice(0, MAX_READ);
  let end = beginning.length;
  while (end > 0 && !DELIMITER.test(beginning[end - 1]!)) end -= 1;
  return end === 0 ? beginning : beginning.slice(0, end);
}

const LEAST_LENGTH = 8;
const MAX_LENGTH = 300;
/** How much of a foreign text is looked at: more than is shown, and so little that no pattern takes long. */
const MAX_READ = 4096;

const DELIMITERS = `\\s"'<>(),;\u2018\u2019\u201c\u201d\u00ab\u00bb`;
const DELIMITER = new RegExp(`[${DELIMITERS}]`);
const ATOM = `[^${DELIMITERS}:[\\]]`;
const APOSTROPHE = `(?<=\\w)['\u2019]`;
/** Encoded for a URL, once or more often, or for HTML. */
const ENCODED_AT = /%(?:25)*40|&#0*64;|&#x0*40;|&commat;/i;
/**
 * Looks like an address, encoded or not. It begins where a word begins, and nowhere else: otherwise a long
 * answer without an address would take minutes to search.
 */
const ADDRESS = new RegExp(
  `(?:"[^"]{1,64}"|(?<!${ATOM}|${APOSTROPHE})${ATOM}+(?:${APOSTROPHE}(?=\\w)${ATOM}+)*)(?:@|${ENCODED_AT.source})[^${DELIMITERS}]+`,
  "gi",
);
