import { cleaner } from "./cleaner";
import type { ContactDetails } from "./contactClient";
import type { Connection } from "./transport";

/** Why Mailmodo sends a contact nothing, and what changes that. Both are safe for a log. */
export interface Suppression {
  /** Of the contact: `is blocked ("…") and unsubscribed ("…")`. */
  readonly state: string;
  readonly advice: string;
}

type Suppressible = Pick<ContactDetails, "blocked" | "blockedReason" | "unsubscribed" | "unsubscribeReason">;

/** The suppression of a contact. Undefined if there is none: a contact may be unsubscribed from some types of emails. */
export function suppressionOf(
  { blocked, blockedReason, unsubscribed, unsubscribeReason }: Suppressible,
  connection: Connection,
  email: string,
): Suppression | undefined {
  const clean = cleaner(connection, email);
  const said = (word: string, reason = "") => {
    const words = clean(reason);
    return words === "" ? word : `${word} ("${words}")`;
  };
  const states = [
    ...(blocked ? [said("blocked", blockedReason)] : []),
    ...(unsubscribed ? [said("unsubscribed", unsubscribeReason)] : []),
  ];
  if (states.length === 0) return undefined;
  const advice = [...(unsubscribed ? [resubscribe(connection)] : []), ...(blocked ? [unblock(unsubscribed)] : [])];
  return { state: `is ${states.join(" and ")}`, advice: advice.join(" ") };
}

/** The key comes from the environment and the address from the reader, so that neither is in a log. */
function resubscribe({ baseUrl }: Connection): string {
  return (
    `Resubscribe it: curl -X POST ${baseUrl}/api/v1/contacts/resubscribe -H "mmApiKey: $MAILMODO_API_KEY" ` +
    `-H 'Content-Type: application/json' -d '{"email":"<address>"}'.`
  );
}

/** The API has no call for it. */
function unblock(isUnsubscribed: boolean): string {
  return `${isUnsubscribed ? "If it stays blocked, unblock" : "Unblock"} it in Mailmodo: Contacts in the sidebar, then the contact.`;
}
