import { domainToASCII, domainToUnicode } from "node:url";
import { splitAddress } from "./addresses";

/** Why a request is held back. */
export const OUTSIDE_RECIPIENTS = "the address is outside mailmodo:allowedRecipients";

/** A parsed `mailmodo:allowedRecipients`. */
export interface Recipients {
  allows(email: string): boolean;
}

/**
 * Parses a JSON list of patterns such as `["*@seeds.example.com", "jane@example.com"]`. A `*` in the local part matches
 * any characters. The local part is case-sensitive. The domain must be complete and is not case-sensitive.
 *
 * @throws {Error} The list is invalid. The message continues the sentence "mailmodo:allowedRecipients …", and repeats
 *   no pattern, because patterns are addresses.
 */
export function parseRecipients(text: string): Recipients {
  const tests = parseList(text).map((pattern, index) => {
    const { local, domain } = splitAddress(pattern);
    const asciiDomain = plainDomain(domain);
    if (local === "" || asciiDomain === undefined || pattern.indexOf("@") !== pattern.lastIndexOf("@")) {
      throw new Error(`has a pattern, number ${index + 1}, that is not of the form "*@domain" or "name@domain"`);
    }
    return { matchesLocal: globTest(local), asciiDomain };
  });
  return {
    allows(email) {
      const { local, domain } = splitAddress(email);
      const asciiDomain = plainDomain(domain);
      return tests.some((test) => test.asciiDomain === asciiDomain && test.matchesLocal(local));
    },
  };
}

/** Whether a text matches a pattern, in which a `*` stands for any characters. It never backtracks. */
function globTest(pattern: string): (text: string) => boolean {
  const [first = "", ...middle] = pattern.split("*");
  const last = middle.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const part of middle) {
      const at = text.indexOf(part, from);
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}

/**
 * A domain in its ASCII form, or undefined if it only looks like a valid one. The mapping to ASCII turns "ſ" into "s"
 * and drops invisible characters. A domain with these would pass for another domain, but be sent as written.
 */
function plainDomain(domain: string): string | undefined {
  const ascii = domainToASCII(domain);
  const isPlain = ascii !== "" && [domainToUnicode(ascii), ascii].includes(domain.replace(/\p{Lu}/gu, lowerCase));
  return isPlain && /^[a-z0-9.-]+$/.test(ascii) ? ascii : undefined;
}

/** The small letter, unless a sign that only looks like an ASCII one would become that: the Kelvin sign would be a "k". */
function lowerCase(capital: string): string {
  const small = capital.toLowerCase();
  return /^[A-Z]$/.test(capital) || /^\P{ASCII}/u.test(small) ? small : capital;
}

function parseList(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("is not JSON");
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === "string")) {
    throw new Error("is not a list of patterns");
  }
  return value;
}
