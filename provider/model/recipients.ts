import { domainToASCII, domainToUnicode } from "node:url";
import { splitAddress } from "./addresses";
import { escapeRegExp } from "../text/masking";

/** A parsed `mailmodo:allowedRecipients`. */
export interface Recipients {
  allows(email: string): boolean;
}

/**
 * Parses a JSON list of patterns such as `["*@seeds.example.com", "jane@example.com"]`. A `*` in the local part stands
 * for any characters; the domain is named in full and compared without regard to case, the local part exactly.
 *
 * @throws {Error} with a message that continues "mailmodo:allowedRecipients …". It repeats no pattern: they are addresses.
 */
export function parseRecipients(text: string): Recipients {
  const tests = parseList(text).map((pattern, index) => {
    const { local, domain } = splitAddress(pattern);
    const asciiDomain = plainDomain(domain);
    if (local === "" || asciiDomain === undefined || pattern.indexOf("@") !== pattern.lastIndexOf("@")) {
      throw new Error(`has a pattern, number ${index + 1}, that is not of the form "*@domain" or "name@domain"`);
    }
    return { localTest: new RegExp(`^${local.split("*").map(escapeRegExp).join(".*")}$`, "s"), asciiDomain };
  });
  return {
    allows(email) {
      const { local, domain } = splitAddress(email);
      const asciiDomain = plainDomain(domain);
      return tests.some((test) => test.asciiDomain === asciiDomain && test.localTest.test(local));
    },
  };
}

/**
 * A domain in its ASCII form, or nothing where it only looks like one: the mapping to ASCII takes "ſ" for "s" and drops
 * invisible characters, so a domain with such would pass for another and be sent as it is written.
 */
function plainDomain(domain: string): string | undefined {
  const ascii = domainToASCII(domain);
  const isPlain =
    ascii !== "" &&
    [domainToUnicode(ascii), ascii].includes(domain.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  return isPlain && /^[a-z0-9.-]+$/.test(ascii) ? ascii : undefined;
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
