import { splitAddress } from "../../model/addresses";
import { count } from "../../text/wording";

/** What a list of patterns allows, in words. It names domains and no address. */
export function describeRecipients(patterns: readonly string[]): string {
  const whole = domainsOf(patterns.filter(isWhole)).map((domain) => `every address at ${domain}`);
  const parts = byDomain(patterns.filter((pattern) => !isWhole(pattern) && pattern.includes("*")));
  const single = byDomain(patterns.filter((pattern) => !pattern.includes("*")));
  const some = [...parts].map(([domain, number]) => `the addresses of ${count(number, "pattern")} at ${domain}`);
  const named = [...single].map(
    ([domain, number]) => `${count(number, "named address", "named addresses")} at ${domain}`,
  );
  return [...whole, ...some, ...named].join(", ");
}

/** The domains at which the patterns allow the mailboxes of strangers. */
export function wideDomains(patterns: readonly string[]): string[] {
  return domainsOf(patterns.filter(allowsOthers)).filter((domain) => FREE_MAIL.has(domain));
}

/** Whether a pattern allows more than one mailbox. What follows a plus sign is the same mailbox. */
function allowsOthers(pattern: string): boolean {
  return splitAddress(pattern).local.split("+")[0]!.includes("*");
}

function isWhole(pattern: string): boolean {
  return splitAddress(pattern).local === "*";
}

function domainsOf(patterns: readonly string[]): string[] {
  return [...byDomain(patterns).keys()];
}

function byDomain(patterns: readonly string[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const pattern of patterns) {
    const domain = splitAddress(pattern).domain.toLowerCase();
    numbers.set(domain, (numbers.get(domain) ?? 0) + 1);
  }
  return numbers;
}

/** The best known domains at which anybody can have a mailbox. */
const FREE_MAIL: ReadonlySet<string> = new Set([
  "aol.com",
  "fastmail.com",
  "free.fr",
  "gmail.com",
  "gmx.com",
  "gmx.de",
  "gmx.net",
  "googlemail.com",
  "hey.com",
  "hotmail.com",
  "icloud.com",
  "live.com",
  "mac.com",
  "mail.com",
  "mail.ru",
  "me.com",
  "msn.com",
  "orange.fr",
  "outlook.com",
  "pm.me",
  "proton.me",
  "protonmail.com",
  "qq.com",
  "rediffmail.com",
  "t-online.de",
  "tutanota.com",
  "web.de",
  "yahoo.co.in",
  "yahoo.co.uk",
  "yahoo.com",
  "yandex.com",
  "yandex.ru",
  "zoho.com",
  "163.com",
]);
