import { DEFAULT_BASE_URL, parseBaseUrl } from "../mailmodo/baseUrl";
import { Deadline } from "../mailmodo/deadline";
import { RateLimit } from "../mailmodo/rateLimit";
import { suppressionOf } from "../mailmodo/suppression";
import type { Connection } from "../mailmodo/transport";
import { asciiAddress } from "../model/addresses";
import { proxyFor } from "../network/proxy";
import { InboxError } from "./inboxError";

/** How to ask Mailmodo about the contact whose mail did not come. */
export interface SeedContactOptions {
  /** Mailmodo's API key. It is sent to Mailmodo alone, and only once a mail did not come. */
  apiKey: string;
  /**
   * Where Mailmodo's API is: an https URL, or http on a loopback address such as the sandbox's. Default:
   * `https://api.mailmodo.com`.
   */
  baseUrl?: string;
}

/** Says that Mailmodo sends nothing to an address, and what changes that. Undefined: it does, or that is not known. */
type LookUp = (to: string) => Promise<string | undefined>;

/**
 * Makes the look-up of a contact. It never fails, and takes five seconds at most.
 *
 * @param options Undefined: nothing is ever looked up.
 * @throws {InboxError} An option is invalid. The message does not repeat the key.
 */
export function suppressionLookUp(options: unknown): LookUp {
  if (options === undefined) return async () => undefined;
  const { apiKey, baseUrl = DEFAULT_BASE_URL } = (options ?? {}) as { [Name in keyof SeedContactOptions]?: unknown };
  if (typeof apiKey !== "string" || !/^[\x21-\x7e]+$/.test(apiKey))
    throw new InboxError("Cannot open the inbox: contact.apiKey must be Mailmodo's API key alone, without spaces.");
  const parsed = typeof baseUrl === "string" ? parseBaseUrl(baseUrl) : { problem: "is not a URL" };
  if ("problem" in parsed) throw new InboxError(`Cannot open the inbox: contact.baseUrl ${parsed.problem}.`);
  const { url } = parsed;
  // The error about the mail is what the caller waits for.
  return (to) => whySuppressed({ apiKey, baseUrl: url }, asciiAddress(to)).catch(() => undefined);
}

async function whySuppressed(
  { apiKey, baseUrl }: Pick<Connection, "apiKey" | "baseUrl">,
  email: string,
): Promise<string | undefined> {
  const { findContact } = await import("../mailmodo/contactClient");
  const connection: Connection = {
    apiKey,
    baseUrl,
    proxy: proxyFor(new URL(baseUrl)),
    requestTimeoutMs: LOOK_UP_MS,
    deadline: new Deadline(0, LOOK_UP_MS),
    pace: new RateLimit(1),
    reasonToHold: async () => undefined,
  };
  const contact = await findContact(connection, email);
  const suppression = contact && suppressionOf(contact, connection, email);
  return suppression && `Mailmodo sends the contact nothing, because it ${suppression.state}. ${suppression.advice}`;
}

/** So short that the wait's own time does not grow by much: the test around it has a time of its own. */
const LOOK_UP_MS = 5_000;
