/** One contact of the account. */
export interface Contact {
  /** Its place in the order in which contacts became known, from 1. */
  readonly number: number;
  /** Higher after each change of it. */
  readonly revision: number;
  readonly contactIdentifier: string;
  readonly email: string;
  /** The names of the lists that it is in. */
  readonly lists: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  /** The first of archived, blocked and unsubscribed that it is; otherwise active. */
  readonly state: ContactState;
  /** When it came to that state. */
  readonly since: string;
  readonly archived: boolean;
  readonly blocked: boolean;
  /** Only of a blocked contact. */
  readonly blockedReason?: string;
  readonly unsubscribed: boolean;
  /** Only of an unsubscribed contact. */
  readonly unsubscribeReason?: string;
  /** The kinds of messages that it is unsubscribed from. Empty if it is not unsubscribed. */
  readonly unsubscribedEmailTypes: readonly string[];
}

export type ContactState = "active" | "unsubscribed" | "blocked" | "archived";

/** What can be changed of a contact. What is left out stays as it is. */
export type ContactFacts = Partial<
  Omit<Contact, "number" | "revision" | "contactIdentifier" | "email" | "createdAt" | "state" | "since">
>;

/** A contact to be set as it is at the vendor: a new one, or one that changes. What is left out stays as it is. */
export interface ContactSeed extends ContactFacts {
  readonly email: string;
}

/** A list of contacts. It exists from the moment a contact was first added to it. */
export interface ContactList {
  readonly number: number;
  readonly listId: string;
  readonly name: string;
  readonly createdAt: string;
}

/** The contact with other facts. Its state and its reasons follow from them. */
export function withFacts(contact: Contact, facts: ContactFacts, at: string): Contact {
  const next: { -readonly [Name in keyof Contact]: Contact[Name] } = { ...contact, ...facts };
  if (!next.blocked) delete next.blockedReason;
  if (!next.unsubscribed) {
    delete next.unsubscribeReason;
    next.unsubscribedEmailTypes = [];
  }
  next.state = stateOf(next);
  return next.state === contact.state ? next : { ...next, since: at };
}

/** Why journeys send it nothing, such as "The contact is blocked: Bounced". Undefined: they do. */
export function suppressionOf(contact: Contact | undefined): string | undefined {
  if (contact === undefined || !(contact.blocked || contact.unsubscribed)) return undefined;
  const { blocked, blockedReason, unsubscribeReason } = contact;
  const reason = blocked ? blockedReason : unsubscribeReason;
  return `The contact is ${blocked ? "blocked" : "unsubscribed"}${reason === undefined ? "" : `: ${reason}`}`;
}

function stateOf({ archived, blocked, unsubscribed }: Contact): ContactState {
  if (archived) return "archived";
  if (blocked) return "blocked";
  return unsubscribed ? "unsubscribed" : "active";
}
