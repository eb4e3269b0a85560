import PostalMime, { type Email } from "postal-mime";
import { normalizeAddress } from "../model/addresses";
import { decodeHeader } from "./headerText";
import { linksOf } from "./links";

/** One message, as it arrived in the inbox. */
export interface SeedMail {
  /** The key of the message's object in the bucket. */
  readonly key: string;
  /** When SES wrote it to the bucket. S3 knows whole seconds. */
  readonly receivedAt: Date;
  /** The sender's address. Empty if the message names none. */
  readonly from: string;
  /** The recipients' addresses, each once: SES's envelope recipient, then those of To, Cc and Delivered-To. */
  readonly recipients: readonly string[];
  /** The subject, decoded. Empty if there is none. */
  readonly subject: string;
  /** The text, without blank lines at its end. Empty if the message has none. */
  readonly text: string;
  /** The HTML, without blank lines at its end. Empty if the message has none. */
  readonly html: string;
  /** The http and https links, each once: those of the HTML in their order, then those that occur only in the text. */
  readonly links: readonly string[];
  /** All headers: the decoded values, in the message's order, by lowercase name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** The parser's time grows with the square of a header's encoded words; mail servers pass on much smaller headers. */
const MAX_HEADERS_SIZE = 512 * 1024;

/** @throws {Error} The message exceeds the limits on parts or headers. */
export async function parseMail(source: Uint8Array, object: Pick<SeedMail, "key" | "receivedAt">): Promise<SeedMail> {
  const email = await PostalMime.parse(source, { maxHeadersSize: MAX_HEADERS_SIZE });
  const { text = "", html = "" } = email;
  const headers = headersOf(email);
  return {
    ...object,
    from: email.from?.address ?? "",
    recipients: recipientsOf(email),
    subject: headers.get("subject")?.[0] ?? "",
    // The parser adds a line break to the end of every text.
    text: text.trimEnd(),
    html: html.trimEnd(),
    links: linksOf({ html, text }),
    headers,
  };
}

const RECIPIENT_HEADERS = ["to", "cc", "delivered-to"];

function recipientsOf({ headers }: Email): string[] {
  const received = headers.find(({ key }) => key === "received")?.value ?? "";
  const named = headers
    .filter(({ key }) => RECIPIENT_HEADERS.includes(key))
    .flatMap(({ value }) => PostalMime.addressParser(value, { flatten: true }))
    .map(({ address }) => address ?? "");
  return [...new Set([envelopeRecipient(received) ?? "", ...named].filter(Boolean).map(normalizeAddress))];
}

/**
 * SES puts its own Received line first: "from … by inbound-smtp.… with SMTP id … for qa@seeds.example.com; <date>". It
 * names no recipient if one delivery had several.
 */
function envelopeRecipient(received: string): string | undefined {
  for (const clause of received.split(";").slice(0, -1)) {
    const [word, address = ""] = clause.trimEnd().split(/\s+/).slice(-2);
    if (word?.toLowerCase() === "for" && address.includes("@")) return address.replace(/^<|>$/g, "");
  }
  return undefined;
}

function headersOf({ headers }: Email): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { key, value } of headers) {
    const values = all.get(key);
    if (values === undefined) all.set(key, [decodeHeader(value)]);
    else values.push(decodeHeader(value));
  }
  return all;
}
