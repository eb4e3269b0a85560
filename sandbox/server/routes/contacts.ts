import type { FastifyInstance, HTTPMethods } from "fastify";
import type { ContactCall } from "../../state/vendorCall";
import type { Answering } from "./answering";
import { emailProperty, validationMessage } from "./schemas";

const name = { type: "string", minLength: 1 };

const addition = {
  type: "object",
  required: ["email", "listName"],
  properties: {
    email: emailProperty,
    listName: name,
    data: { type: "object" },
    // The sandbox does nothing with these.
    created_at: {},
    last_click: {},
    last_open: {},
    timezone: { type: "string" },
  },
};
const removal = {
  type: "object",
  required: ["email", "listName"],
  properties: { email: emailProperty, listName: name },
};
const ofEmail = { type: "object", required: ["email"], properties: { email: emailProperty } };

/** The contact calls, with the method, the path and the schema of what they are sent with. */
const ROUTES: Readonly<Record<ContactCall, [method: HTTPMethods, path: string, schema: object]>> = {
  addToList: ["POST", "addToList", { body: addition }],
  // An unencoded "+" in a query is a space, as for every server, and a space is in no address.
  getContactDetails: ["GET", "getContactDetails", { querystring: ofEmail }],
  archiveContact: ["DELETE", "contacts", { body: ofEmail }],
  removeFromList: ["POST", "removeFromList", { body: removal }],
  resubscribe: ["POST", "contacts/resubscribe", { body: ofEmail }],
  getAllContactLists: ["GET", "getAllContactLists", {}],
};

/** The vendor's calls for contacts, below `/api/v1`. */
export function contactRoutes(app: FastifyInstance, answering: Answering): void {
  for (const [call, [method, path, schema]] of Object.entries(ROUTES) as [
    ContactCall,
    (typeof ROUTES)[ContactCall],
  ][]) {
    app.route({
      method,
      url: `/api/v1/${path}`,
      schema,
      schemaErrorFormatter: validationMessage,
      exposeHeadRoute: false,
      config: { vendorCall: call },
      handler: (request, reply) => answering.answer(request, reply, call),
    });
  }
}
