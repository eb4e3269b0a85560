/** What means the same to Mailmodo must not start a journey again: a domain's capitals do not count. */
export function inOneSpelling(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 0 ? email : email.slice(0, at) + email.slice(at).toLowerCase();
}

/** The same for every spelling of an address in one journey; a mail system may well not tell a capital in a name. */
export function markOf({ journeyId, email }: { journeyId: string; email: string }): string {
  return `${journeyId} ${email}`.toLowerCase();
}

/** The two sides of the last @; both are empty where there is none. */
export function splitAddress(email: string): { local: string; domain: string } {
  const at = email.lastIndexOf("@");
  return at < 0 ? { local: "", domain: "" } : { local: email.slice(0, at), domain: email.slice(at + 1) };
}
