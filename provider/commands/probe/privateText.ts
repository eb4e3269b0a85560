import { asciiAddress } from "../../model/addresses";
import { escapeRegExp } from "../../text/escapeRegExp";
import { maskAddresses } from "../../text/masking";

/** What the probe sent, and no file may hold. */
export interface Sent {
  readonly keys: readonly string[];
  readonly emails: readonly string[];
  readonly journeyIds: readonly string[];
  readonly instanceIds: readonly string[];
}

/**
 * Puts the placeholders of a profile file in the place of what was sent, wherever an answer repeats it: in other
 * capitals, and encoded for a URL or for HTML. A key becomes `[key]`, and every other address is masked.
 */
export class PrivateText {
  private readonly instanceIds: ReadonlySet<string>;
  private readonly replacements: readonly (readonly [RegExp, string])[];

  constructor({ keys, emails, journeyIds, instanceIds }: Sent) {
    this.instanceIds = new Set(instanceIds);
    this.replacements = [
      [anyOf(keys), "[key]"],
      [anyOf(emails.flatMap(spellingsOf)), "{{email}}"],
      [anyOf(journeyIds), "{{journeyId}}"],
      [wholeWords(instanceIds), "{{instanceId}}"],
    ];
  }

  of(text: string): string {
    return maskAddresses(this.replacements.reduce((clean, [pattern, name]) => clean.replace(pattern, name), text));
  }

  /** The same for every text in a JSON value, names of fields too. */
  ofJson(value: unknown): unknown {
    if (typeof value === "string") return this.instanceIds.has(value) ? "{{instanceId}}" : this.of(value);
    if (Array.isArray(value)) return value.map((one) => this.ofJson(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [this.of(name), this.ofJson(one)]));
  }
}

/** The longest first, as one may begin another. Of nothing: what never matches. */
function anyOf(texts: readonly string[]): RegExp {
  const longestFirst = [...new Set(texts)].filter((text) => text !== "").sort((a, b) => b.length - a.length);
  return longestFirst.length === 0 ? /(?!)/g : new RegExp(longestFirst.map(escapeRegExp).join("|"), "gi");
}

/** A short id may be a part, or the whole, of any other word. It is replaced only where it is a whole value. */
function wholeWords(ids: readonly string[]): RegExp {
  const { source, flags } = anyOf(ids.filter(({ length }) => length >= LEAST_LENGTH));
  return new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`, flags);
}

const LEAST_LENGTH = 8;

/** An address as answers may write it. A form turns a plus sign into a space. */
function spellingsOf(email: string): string[] {
  const plain = [email, asciiAddress(email), email.replaceAll("+", " ")];
  const encoded = [encodeURIComponent(email), email.replaceAll("+", "%2B")];
  return [...plain, ...encoded].flatMap((text) => [
    text,
    ...["%40", "&#64;", "&#x40;", "&commat;", "\\u0040"].map((at) => text.replace(/@|%40/, () => at)),
  ]);
}
