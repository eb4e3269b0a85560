import type { Instance } from "./instance";
import type { Store } from "./store";

/**
 * Unsubscribes the contact of an instance, by the link in its messages. Its journeys then send it nothing more.
 *
 * @returns The instance. Undefined if there is none, or no longer.
 */
export function unsubscribe(store: Store, instanceId: string): Instance | undefined {
  const instance = store.instances.get(instanceId);
  if (instance === undefined) return undefined;
  const { email, journeyId } = instance;
  if (store.contacts.get(email)?.unsubscribed === true) return instance;
  const unsubscribeReason = `The unsubscribe link in a message of journey ${journeyId} was used`;
  store.setContacts([{ email, unsubscribed: true, unsubscribeReason, unsubscribedEmailTypes: ["Promotional"] }]);
  return instance;
}
