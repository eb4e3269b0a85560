import { createHash } from "node:crypto";
import { domainToASCII } from "node:url";

/** Lowercases the domain, because two spellings that mean the same to Mailmodo must not start a journey twice. */
export function normalizeAddress(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 0 ? email : email.slice(0, at) + email.slice(at).toLowerCase();
}

/**
 * One key for all spellings of an address in one journey. It ignores case everywhere, because a mail system may do so
 * too, and takes a domain and its ASCII form for one.
 */
export function addressKey({ journeyId, email }: { journeyId: string; email: string }): string {
  return `${journeyId} ${mailboxKey(email)}`.toLowerCase();
}

/** The same for an address alone. */
export function mailboxKey(email: string): string {
  return asciiAddress(email).toLowerCase();
}

/** A name for the contact of an address, without the address: for ids and names, which states and logs have in clear. */
export function contactName(email: string): string {
  return `contact-${createHash("sha256").update(mailboxKey(email)).digest("hex").slice(0, 12)}`;
}

/** The address with its domain in lower case and in its ASCII form. What is before the @ stays as it is. */
export function asciiAddress(email: string): string {
  const { local, domain } = splitAddress(email);
  return domain === "" ? email : `${local}@${asciiDomain(domain).toLowerCase()}`;
}

/** No domain has more. Node would convert a longer one, too, in a time that grows with its square. */
const MAX_DOMAIN_LENGTH = 253;

function asciiDomain(domain: string): string {
  // Node takes the domain for the host of a URL, and so leaves out a port or a path.
  const isConvertible = domain.length <= MAX_DOMAIN_LENGTH && !/[/\\?#:%@]/.test(domain);
  return (isConvertible && domainToASCII(domain)) || domain;
}

/** The two sides of the last @. Both are empty if there is none. */
export function splitAddress(email: string): { local: string; domain: string } {
  const at = email.lastIndexOf("@");
  return at < 0 ? { local: "", domain: "" } : { local: email.slice(0, at), domain: email.slice(at + 1) };
}
