import type { FastifyInstance } from "fastify";
import type { ContactFacts, ContactSeed } from "../../state/contact";
import type { Store } from "../../state/store";
import { sendList } from "./listAnswer";
import { pageQuery, rangeOf, type Page } from "./lists";
import { emailProperty } from "./schemas";

const text = { type: "string", minLength: 1 };
const texts = { type: "array", items: text, uniqueItems: true };
const flag = { type: "boolean" };

const facts: Record<keyof ContactFacts, object> = {
  lists: texts,
  data: { type: "object" },
  archived: flag,
  blocked: flag,
  blockedReason: text,
  unsubscribed: flag,
  unsubscribeReason: text,
  unsubscribedEmailTypes: texts,
};
/** What is set as contacts. */
export const contactSeedsSchema = {
  type: "array",
  items: {
    type: "object",
    required: ["email"],
    additionalProperties: false,
    properties: { email: emailProperty, ...facts },
  },
};

/** `/_sandbox/contacts`: shows the contacts, and sets them as they are at the vendor. */
export function contactSeedRoutes(app: FastifyInstance, store: Store): void {
  const schema = { querystring: pageQuery };
  app.get<{ Querystring: Page }>("/_sandbox/contacts", { schema }, ({ query }, reply) =>
    sendList(reply, store.contacts.page(...rangeOf(query)), query.limit !== undefined),
  );
  app.post<{ Body: ContactSeed[] }>("/_sandbox/contacts", { schema: { body: contactSeedsSchema } }, ({ body }) => {
    store.setContacts(body);
    return body.map(({ email }) => store.contacts.get(email)).filter((contact) => contact !== undefined);
  });
}
