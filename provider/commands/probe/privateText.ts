import { asciiAddress } from "../../model/addresses";
import { maskAddresses } from "../../text/masking";
import { anyOf, spellingsOf } from "../../text/spellings";

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
      [anyOf(keys.flatMap(spellingsOf)), "[key]"],
      [anyOf([...emails.flatMap(spellingsOfAddress), ...taggedLocals(emails)]), "{{email}}"],
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

/** A short id may be a part, or the whole, of any other word. It is replaced only where it is a whole value. */
function wholeWords(ids: readonly string[]): RegExp {
  const { source, flags } = anyOf(ids.filter(({ length }) => length >= LEAST_LENGTH));
  return new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`, flags);
}

const LEAST_LENGTH = 8;

/** An address as answers may write it. A form turns a plus sign into a space. */
function spellingsOfAddress(email: string): string[] {
  const [local, domain] = [email.slice(0, email.lastIndexOf("@")), email.slice(email.lastIndexOf("@") + 1)];
  const plain = [email, asciiAddress(email), email.replaceAll("+", " "), email.replaceAll("+", "%2B")];
  const ats = ["%40", "%2540", "&#64;", "&#x40;", "&commat;", "\\u0040", "(at)", "[at]", " (at) ", " [at] ", " at "];
  const locals = [local, local.replaceAll("+", " ")].flatMap(spellingsOf);
  return [
    ...plain.flatMap(spellingsOf),
    ...[...plain, email.replaceAll("+", "&#43;"), email.replaceAll("+", "&plus;")].flatMap((text) =>
      ats.map((at) => text.replace("@", () => at)),
    ),
    ...locals.flatMap((one) => ats.map((at) => `${one}${at}${domain}`)),
  ];
}

/** The local part alone, which may name a person by its tag. A shorter one, or one without a tag, may be any word. */
function taggedLocals(emails: readonly string[]): string[] {
  const locals = emails.map((email) => email.slice(0, Math.max(0, email.lastIndexOf("@"))));
  return locals.filter((local) => local.includes("+") && local.length >= LEAST_LENGTH).flatMap(spellingsOf);
}
