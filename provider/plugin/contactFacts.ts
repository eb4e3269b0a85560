import type { ContactDetails } from "../mailmodo/contactClient";
import type { ContactFacts, ContactState } from "../model/contactInputs";

/** What the state records of what Mailmodo says of a contact. */
export function factsOf(details: ContactDetails): ContactFacts {
  const { contactId, blocked, blockedReason, unsubscribed, unsubscribeReason } = details;
  return {
    contactId: contactId ?? "",
    blocked,
    ...(blockedReason === undefined ? {} : { blockedReason }),
    unsubscribed,
    ...(unsubscribeReason === undefined ? {} : { unsubscribeReason }),
  };
}

/** The facts that a state holds. */
export function onlyFacts(state: ContactState): ContactFacts {
  return Object.fromEntries(Object.entries(state).filter(([name]) => FACTS.includes(name)));
}

/** A state without its facts. */
export function withoutFacts(state: ContactState): ContactState {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !FACTS.includes(name))) as unknown as ContactState;
}

const FACTS: readonly string[] = [
  "contactId",
  "blocked",
  "blockedReason",
  "unsubscribed",
  "unsubscribeReason",
] satisfies (keyof ContactFacts)[];
