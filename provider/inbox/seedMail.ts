import PostalMime, { type Email } from "postal-mime";
import { inOneSpelling } from "../model/addresses";
import { linksOf } from "./links";

/** One mail, as it arrived in the inbox. */
export interface SeedMail {
  /** The key of its object in the bucket. */
  readonly key: string;
  /** When SES wrote it to the bucket. S3 knows whole seconds. */
  readonly receivedAt: Date;
  /** The sender's address; empty where the mail names none. */
  readonly from: string;
  /** For whom it is: SES's envelope recipient, then those of To, Cc and Delivered-To, each once. */
  readonly recipients: readonly string[];
  /** Decoded; empty where there is none. */
  readonly subject: string;
  /** The text, without blank lines at its end; empty where the mail has none. */
  readonly text: string;
  /** The HTML, without blank lines at its end; empty where the mail has none. */
  readonly html: string;
  /** The http and https links, each once: those of the HTML in their order, then those that only the text has. */
  readonly links: readonly string[];
  /** All headers: from a name in small letters to its values, decoded, in the mail's order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** @throws {Error} The mail has parts or headers beyond what the parser takes. */
export async function parseMail(source: Uint8Array, object: Pick<SeedMail, "key" | "receivedAt">): Promise<SeedMail> {
  const email = await PostalMime.parse(source);
  const { subject = "", text = "", html = "" } = email;
  return {
    ...object,
    from: email.from?.address ?? "",
    recipients: recipientsOf(email),
    subject,
    // The parser ends every text with a line of its own.
    text: text.trimEnd(),
    html: html.trimEnd(),
    links: linksOf({ html, text }),
    headers: headersOf(email),
  };
}

const RECIPIENT_HEADERS = ["to", "cc", "delivered-to"];

function recipientsOf({ headers }: Email): string[] {
  // SES puts its own line before the others: "from … by inbound-smtp.… with SMTP id … for qa@seeds.example.com; <date>".
  // It names nobody where one delivery had several recipients.
  const received = headers.find(({ key }) => key === "received")?.value ?? "";
  const envelope = /\sfor\s+<?([^\s<>;]+@[^\s<>;]+)>?\s*;/i.exec(received)?.[1];
  const named = headers
    .filter(({ key }) => RECIPIENT_HEADERS.includes(key))
    .flatMap(({ value }) => PostalMime.addressParser(value, { flatten: true }))
    .map(({ address }) => address ?? "");
  return [...new Set([envelope ?? "", ...named].filter(Boolean).map(inOneSpelling))];
}

function headersOf({ headers }: Email): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { key, value } of headers) all.set(key, [...(all.get(key) ?? []), PostalMime.decodeWords(value)]);
  return all;
}
