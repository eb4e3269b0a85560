import { mailboxKey } from "../model/addresses";
import { jsonObject } from "../text/jsonObject";
import { maskAddress } from "../text/masking";
import { cleaner } from "./cleaner";
import { outlastArchive } from "./lateArchive";
import { rememberSent } from "./lateEffect";
import { ENVELOPE, outcomeOf, type Answer, type AnswerForm, type Outcome } from "./outcome";
import type { Call, Outgoing } from "./outgoing";
import { sendRepeatedly, type CallResult } from "./repeatable";
import type { Connection, Exchange } from "./transport";
import { saysUnknownContact } from "./unknownContact";

/** What Mailmodo knows of a contact. Its words are safe for a log and for a state. */
export interface ContactDetails {
  /** Mailmodo's own id of the contact. */
  readonly contactId: string | undefined;
  /** The personalization values. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether Mailmodo sends it no mail, for example because mail to it bounced. */
  readonly blocked: boolean;
  readonly blockedReason: string | undefined;
  readonly unsubscribed: boolean;
  readonly unsubscribeReason: string | undefined;
}

/**
 * Looks up a contact. Repeated after everything but a refusal.
 *
 * @returns Undefined: Mailmodo knows no such contact, in any of the ways in which it may say so.
 * @throws {RefusedError | KeyRefusedError} Mailmodo said no.
 * @throws {HeldError | NotSentError | SlowDownError | NoAnswerError} No attempt got an answer that tells anything.
 */
export async function findContact(connection: Connection, email: string): Promise<ContactDetails | undefined> {
  // A plus sign in a query would be read as a space.
  const path = `/api/v1/getContactDetails?email=${encodeURIComponent(email)}`;
  const result = await send(connection, email, { call: "find", method: "GET", path }, outcomeOfLookUp(email));
  if (result.outcome.kind === "accepted") return detailsOf(result.outcome.answer, cleaner(connection, email));
  if (isUnknown(result)) return undefined;
  throw result.error();
}

/**
 * Adds a contact to a list, or changes its values if Mailmodo knows it already. The list is made if there is none.
 * Values that are not named stay as they are. Repeated after everything but a refusal.
 *
 * @returns When the last earlier attempt was sent whose answer was lost, in milliseconds since 1970: it may take effect
 *   later, even after the contact was archived. Undefined if there was none.
 * @throws {RefusedError | KeyRefusedError} Mailmodo said no.
 * @throws {HeldError | NotSentError | SlowDownError | UnconfirmedError} No attempt was confirmed. The error says when the
 *   last one was sent.
 */
export async function addContact(
  connection: Connection,
  { email, list, data }: ContactInList & { data: Readonly<Record<string, string | number | boolean>> },
): Promise<number | undefined> {
  const body = { email, data, listName: list };
  const result = await send(connection, email, { call: "add", method: "POST", path: "/api/v1/addToList", body });
  const { lostAt } = result;
  const addSentAt = lostAt === undefined ? undefined : rememberSent({ journeyId: "", email }, lostAt);
  if (result.outcome.kind === "accepted") return addSentAt;
  throw Object.assign(result.error(), { addSentAt });
}

interface ContactInList {
  readonly email: string;
  /** The list's name. */
  readonly list: string;
}

/**
 * Removes a contact from a list. The contact stays. That it, or the list, is not there is fine. Repeated after
 * everything but a refusal.
 *
 * @throws As {@link addContact}.
 */
export async function removeFromList(connection: Connection, { email, list }: ContactInList): Promise<void> {
  const body = { email, listName: list };
  const request: ContactRequest = { call: "removeFromList", method: "POST", path: "/api/v1/removeFromList", body };
  const result = await send(connection, email, request, (exchange) => outcomeOf(exchange, MESSAGE));
  if (result.outcome.kind === "accepted" || isUnknown(result)) return;
  if (result.outcome.kind === "refused" && NOT_IN_LIST.test(result.words)) return;
  throw result.error();
}

/**
 * Archives a contact. Repeated after everything but a refusal. Comes back once no attempt can take effect any more.
 *
 * @returns Mailmodo's words if it knows no such contact, otherwise undefined.
 * @throws As {@link addContact}. Or as {@link outlastArchive}.
 */
export async function archiveContact(connection: Connection, email: string): Promise<string | undefined> {
  const request: ContactRequest = { call: "archive", method: "DELETE", path: "/api/v1/contacts", body: { email } };
  const result = await send(connection, email, request);
  const isDone = result.outcome.kind === "accepted";
  if (!isDone && !isUnknown(result)) throw result.error();
  await outlastArchive(connection, { email, lostAt: result.lostAt });
  return isDone ? undefined : result.words;
}

interface ContactRequest extends Outgoing {
  readonly call: Exclude<Call, "start" | "abort">;
}

function send(
  connection: Connection,
  email: string,
  request: ContactRequest,
  classify?: (exchange: Exchange) => Outcome,
): Promise<CallResult> {
  const failed = { operation: request.call, subject: maskAddress(email) };
  return sendRepeatedly(connection, {
    request,
    failed,
    email,
    ...(classify === undefined ? {} : { outcomeOf: classify }),
  });
}

function isUnknown({ outcome, words }: CallResult): boolean {
  if (outcome.kind !== "refused") return false;
  return saysUnknownContact({ status: outcome.status, message: words, isJson: outcome.stranger?.isJson !== false });
}

/** The answers to a removal from a list have a message alone, according to the vendor. */
const MESSAGE: AnswerForm = {
  isOwn: (answer) => ENVELOPE.isOwn(answer) || typeof answer["message"] === "string",
  isYes: (answer) => ENVELOPE.isYes(answer) || (!ENVELOPE.isOwn(answer) && typeof answer["message"] === "string"),
};

const NOT_IN_LIST =
  /^(?:the )?list (?:does not|doesn't|do not|don't) exists?\b|^(?:the )?list (?:was )?not found\b|\bnot (?:in|on|part of) (?:the|this|that) list\b/i;

/** The answer to a look-up has the contact itself, without `success`. */
function outcomeOfLookUp(email: string): (exchange: Exchange) => Outcome {
  const form: AnswerForm = {
    isOwn: (answer) => ENVELOPE.isOwn(answer) || isContact(answer),
    isYes: (answer) => (isContact(answer) ? isSameMailbox(answer["email"], email) : isNothing(answer)),
  };
  return (exchange) => {
    if (exchange.kind === "answered" && exchange.status === 200) {
      const answer = jsonObject(exchange.text) ?? {};
      // Such as `{"message": "Contact not found"}`, without `success`.
      const message = typeof answer["message"] === "string" ? answer["message"] : "";
      if (!isContact(answer) && saysUnknownContact({ status: 200, message, isJson: true }))
        return { kind: "accepted", message, answer: {} };
    }
    return outcomeOf(exchange, form);
  };
}

function isContact({ contactIdentifier, email }: Answer): boolean {
  return [contactIdentifier, email].some((value) => typeof value === "string" && value !== "");
}

/**
 * An answer in the form of a contact, with empty values and nothing else. Without `data` it may come from a proxy. A wrong
 * yes would take a person's contact for a new one.
 */
function isNothing({ success = true, data, ...values }: Answer): boolean {
  return success === true && isEmptyObject(data) && Object.values(values).every(isEmpty);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === "" || value === false;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isEmpty(value);
}

/** Whether the answer is about the mailbox that was asked for. */
function isSameMailbox(answered: unknown, email: string): boolean {
  return typeof answered !== "string" || answered === "" || mailboxKey(answered) === mailboxKey(email);
}

function detailsOf(answer: Answer, clean: (words: string) => string): ContactDetails | undefined {
  if (!isContact(answer)) return undefined;
  const { contactIdentifier, data, blocked, unsubscribed } = answer;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? clean(value) : undefined);
  return {
    contactId: text(contactIdentifier),
    data: typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Answer) : {},
    blocked: blocked === true,
    blockedReason: text(answer["blockedReason"]),
    unsubscribed: unsubscribed === true,
    // The vendor's page has one name, its example the other.
    unsubscribeReason: text(answer["unsubscribeReason"]) ?? text(answer["unsubscribedReason"]),
  };
}
