import PostalMime from "postal-mime";

/** How much of a header with encoded words is read. */
const MAX_LENGTH = 65_536;
const ENCODED_WORD = /=\?([^?\s]+)\?([QB])\?([^?]*)\?=/gi;

/**
 * Decodes the encoded words of a header (RFC 2047). Many senders split a character over two of them, and pad each, which
 * the parser would decode one by one.
 */
export function decodeHeader(value: string): string {
  if (!value.includes("=?")) return value;
  // The parser takes quadratic time for encoded words.
  const beginning = value.slice(0, MAX_LENGTH);
  const decoded = PostalMime.decodeWords(joinWords(beginning));
  return decoded.includes("\ufffd") ? PostalMime.decodeWords(beginning) : decoded;
}

/** Encoded words that follow one another in one charset and encoding. */
interface Run {
  readonly charset: string;
  readonly encoding: string;
  readonly texts: string[];
}

/** Makes one encoded word of all that only blanks separate, if they have one charset and encoding. */
function joinWords(value: string): string {
  const parts: string[] = [];
  let run: Run | undefined;
  let end = 0;
  for (const { 0: word, 1: label = "", 2: letter = "", 3: text = "", index } of value.matchAll(ENCODED_WORD)) {
    const between = value.slice(end, index);
    // A language may follow the charset (RFC 2231).
    const charset = label.toLowerCase().split("*", 1)[0]!;
    const encoding = letter.toUpperCase();
    if (run?.charset === charset && run.encoding === encoding && between.trim() === "") run.texts.push(text);
    else {
      parts.push(wordOf(run), between);
      run = { charset, encoding, texts: [text] };
    }
    end = index + word.length;
  }
  parts.push(wordOf(run), value.slice(end));
  return parts.join("");
}

function wordOf(run: Run | undefined): string {
  if (run === undefined) return "";
  const { charset, encoding, texts } = run;
  return `=?${charset}?${encoding}?${encoding === "Q" || texts.length === 1 ? texts.join("") : joinBase64(texts)}?=`;
}

function joinBase64(texts: readonly string[]): string {
  return Buffer.concat(texts.map((text) => Buffer.from(text, "base64"))).toString("base64");
}
