import { passwordSpellings } from "../network/proxy";
import { redact } from "../text/masking";
import type { Connection } from "./transport";

/** Removes from foreign words what was sent and no log may hold. */
export function cleaner({ apiKey, proxy }: Connection, email: string): (words: string) => string {
  const proxyPasswords = proxy === undefined ? [] : passwordSpellings(proxy);
  return (words) => redact(words, { apiKey, proxyPasswords, email });
}
