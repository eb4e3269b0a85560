/** `jane@example.com` as `j***@example.com`, for messages. */
export function maskAddress(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 1 ? "***" : `${email.slice(0, 1)}***${email.slice(at)}`;
}

/**
 * Somebody else's words, fit for a log: on one line, short, without the key, and with everything that looks like an
 * address masked, for they may repeat what was sent.
 */
export function redact(words: string, apiKey: string, email: string): string {
  return oneLine(
    words.replaceAll(apiKey, "[key]").replace(new RegExp(escapeRegExp(email), "gi"), () => maskAddress(email)),
  );
}

/** Somebody else's words on one line, short, with everything that looks like an address masked. */
export function oneLine(words: string): string {
  return words
    .replace(/[^\s"'<>(),;:*]+(@|%40)[^\s"'<>(),;]+/gi, (address) => maskAddress(address.replace(/%40/i, "@")))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_WORDS);
}

const MAX_WORDS = 300;

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
