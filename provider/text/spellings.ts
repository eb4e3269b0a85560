import { escapeRegExp } from "./escapeRegExp";

/**
 * The forms in which a foreign answer may repeat what was sent: as it is, encoded for a URL once or twice, for HTML, for
 * JSON, and in base64. Compare them without regard to capitals.
 */
export function spellingsOf(sent: string): string[] {
  const encoded = encodeURIComponent(sent);
  const bytes = Buffer.from(sent, "utf8");
  const inHtml = (entity: (code: number) => string) =>
    sent.replace(/[^a-z0-9.-]/gi, (character) => entity(character.codePointAt(0)!));
  return [
    sent,
    encoded,
    encodeURIComponent(encoded),
    inHtml((code) => `&#${code};`),
    inHtml((code) => `&#x${code.toString(16)};`),
    inHtml((code) => `\\u${code.toString(16).padStart(4, "0")}`),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
  ];
}

/** Finds any of the texts, in any capitals. The longest first, as one may begin another. Of nothing: what never matches. */
export function anyOf(texts: readonly string[]): RegExp {
  const longestFirst = [...new Set(texts)].filter((text) => text !== "").sort((a, b) => b.length - a.length);
  return longestFirst.length === 0 ? /(?!)/g : new RegExp(longestFirst.map(escapeRegExp).join("|"), "gi");
}
