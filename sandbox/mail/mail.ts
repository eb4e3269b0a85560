import type { Step } from "./journeys";
import type { Instance } from "../state/instance";
import { withLink } from "./unsubscribeLink";

/** One message that a journey sent. */
export interface Mail {
  /** Its place in the order of sending, from 1. */
  readonly id: number;
  /** Higher after each change of it. */
  readonly revision: number;
  /** When it was due, by the sandbox's clock. */
  readonly at: string;
  readonly instanceId: string;
  readonly journeyId: string;
  /** Which of the journey's steps it is, from 1. */
  readonly step: number;
  readonly to: string;
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  /** The link at its end, which unsubscribes the contact. */
  readonly unsubscribeUrl?: string;
  /** Where it was delivered to, such as `s3://bucket/key`. */
  readonly deliveredTo?: string;
  /** Why it could not be delivered. */
  readonly problem?: string;
}

/** Delivers a message, and returns where it is now. */
export type Deliver = (mail: Mail) => Promise<string>;

/** Makes the message of a step, with the contact's values filled in, and the link to unsubscribe at its end. */
export function mailOf(
  { instanceId, journeyId, email, data }: Instance,
  index: number,
  step: Step,
  at: string,
  unsubscribeUrl: string,
): Omit<Mail, "id" | "revision"> {
  const { subject, text, html } = step;
  return {
    at,
    instanceId,
    journeyId,
    step: index + 1,
    to: email,
    subject: fill(subject, data),
    ...withLink(
      {
        ...(text === undefined ? {} : { text: fill(text, data) }),
        ...(html === undefined ? {} : { html: fill(html, data, escapeHtml) }),
      },
      unsubscribeUrl,
    ),
    unsubscribeUrl,
  };
}

/** Fills in the contact's values. A name without a value becomes empty; what Mailmodo does then is not known. */
export function fill(template: string, data: Instance["data"], escape = (text: string) => text): string {
  return template.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => {
    const value = (Object.hasOwn(data, name) ? data[name] : undefined) ?? "";
    return escape(typeof value === "string" ? value : JSON.stringify(value));
  });
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
