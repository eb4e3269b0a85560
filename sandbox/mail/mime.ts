import MailComposer from "nodemailer/lib/mail-composer";
import type { Mail } from "./mail";

/**
 * The message as SES writes it to a bucket: SES's own headers first, then the message as it was sent.
 *
 * @param id SES's id of the message.
 */
export async function mimeOf(mail: Mail, id: string): Promise<Buffer> {
  const { at, to, instanceId, step, subject, text, html, unsubscribeUrl } = mail;
  const domain = "mailmodo.example.com";
  const date = new Date(at);
  const ses = [
    `Return-Path: <bounce@${domain}>`,
    `Received: from out.${domain} (out.${domain} [192.0.2.25])`,
    ` by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${id}`,
    ` for ${to};`,
    ` ${date.toUTCString().replace("GMT", "+0000 (UTC)")}`,
    "X-SES-Spam-Verdict: PASS",
    "X-SES-Virus-Verdict: PASS",
    "",
  ];
  const composer = new MailComposer({
    from: { name: "Mailmodo sandbox", address: `journeys@${domain}` },
    to: { name: "", address: to },
    subject,
    text,
    html,
    date,
    ...(unsubscribeUrl === undefined ? {} : { headers: unsubscribeHeaders(unsubscribeUrl) }),
    // The line endings of mail on the wire. Nodemailer leaves them to its transports.
    newline: "windows",
    messageId: `<${instanceId}.${step}@${domain}>`,
  });
  return Buffer.concat([Buffer.from(ses.join("\r\n")), await composer.compile().build()]);
}

/** A mail program shows a button for it, and uses it by a POST (RFC 8058). */
function unsubscribeHeaders(url: string): Record<string, string> {
  return { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
}
