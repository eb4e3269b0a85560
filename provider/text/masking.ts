import { escapeRegExp } from "./escapeRegExp";

/** Masks an address for messages: `jane@example.com` becomes `j***@example.com`. */
export function maskAddress(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 1 ? "***" : `${email.slice(0, 1)}***${email.slice(at)}`;
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
    .replace(/[^\s"'<>(),;:*]+(@|%40)[^\s"'<>(),;]+/gi, (address) => maskAddress(address.replace(/%40/i, "@")))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_LENGTH);
}

const MAX_LENGTH = 300;
