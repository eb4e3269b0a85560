/** What the routes answer, for the description at `/openapi.json`. They are checked by tests, not at each answer. */
import { contactOperations } from "./contactOperations";
import type { Operation } from "./operation";
import * as shapes from "./shapes";
import { listOf, objectOf, text, type Schema } from "./shapes";

const message = { type: "string", minLength: 1 };
const json = (description: string, schema: Schema) => ({ description, ...schema });
const media = (description: string, type: string) => ({ description, content: { [type]: { schema: text } } });

const nothing = { description: "Done", type: "null" };
const forbidden = {
  403: json("Another web site sent it, or the Host header names none of the sandbox's names", shapes.failure),
};
const invalid = { 400: json("Not as described, or not possible now", shapes.failure) };
const withBody = {
  ...invalid,
  ...forbidden,
  413: json("The body is larger than 256 KiB", shapes.failure),
  415: json("The body is not JSON", shapes.failure),
};
const notThere = { 404: json("There is none, or no longer", shapes.missing), ...forbidden };
const list = (what: string, item: Schema) => ({ 200: json(what, listOf(item)), ...invalid, ...forbidden });

/** By method and path of the route. */
export const operations: Readonly<Record<string, Operation>> = {
  "POST /hooks/start/:journeyId": {
    operationId: "start",
    summary: "Starts the journey for an address",
    response: {
      200: json(
        "Started",
        objectOf<{ success: true; message: string; ref: string }>({
          success: { const: true },
          message,
          ref: { type: "string", format: "uuid", description: "The instance id" },
        }),
      ),
      400: json(
        "Refused; nothing was started",
        objectOf<{ success: false; message: string }>({ success: { const: false }, message }),
      ),
    },
  },
  "POST /hooks/abort/:journeyId": {
    operationId: "abort",
    summary: "Aborts one instance, or what runs for an address",
    body: { oneOf: [{ required: ["email"] }, { required: ["instanceId"] }] },
    response: {
      200: json("Aborted", objectOf<{ success: true; message: string }>({ success: { const: true }, message })),
      400: json(
        "Refused; nothing was aborted",
        objectOf<{ success: false; status: "error"; message: string }>({
          success: { const: false },
          status: { const: "error" },
          message,
        }),
      ),
    },
  },
  ...contactOperations,
  "GET /_sandbox/state": {
    operationId: "getState",
    summary: "The controls and the counters",
    response: { 200: json("The state", shapes.state), ...forbidden },
  },
  "GET /_sandbox/instances": {
    operationId: "getInstances",
    summary: "The enrollments, in the order of their starts",
    response: list("Those with a number above `after`, at most `limit`", shapes.instance),
  },
  "GET /_sandbox/instances/:instanceId": {
    operationId: "getInstance",
    summary: "One enrollment, with its requests and messages",
    response: { 200: json("The enrollment", shapes.instanceDetail), ...notThere },
  },
  "GET /_sandbox/contacts": {
    operationId: "getContacts",
    summary: "The contacts, in the order in which they became known",
    response: list("Those with a number above `after`, at most `limit`", shapes.contact),
  },
  "POST /_sandbox/contacts": {
    operationId: "setContacts",
    summary: "Sets contacts as they are at Mailmodo: new ones, or changes of those that there are",
    response: { 200: json("They as they are now", listOf(shapes.contact)), ...withBody },
  },
  "GET /unsubscribe/:instanceId": {
    operationId: "unsubscribe",
    summary: "The link in a message: unsubscribes its contact, and says so",
    response: {
      200: media("Unsubscribed", "text/html"),
      404: media("There is no such enrollment, or no longer", "text/html"),
    },
  },
  "POST /unsubscribe/:instanceId": {
    operationId: "unsubscribeAtOnce",
    summary: "The same, as mail programs do it with one click (RFC 8058)",
    response: {
      200: media("Unsubscribed", "text/html"),
      404: media("There is no such enrollment, or no longer", "text/html"),
    },
  },
  "GET /_sandbox/requests": {
    operationId: "getRequests",
    summary: "The requests to the vendor's calls",
    response: list("Those with an id above `after`, at most `limit`", shapes.request),
  },
  "GET /_sandbox/mails": {
    operationId: "getMails",
    summary: "The messages that were sent",
    response: list("Those with an id above `after`, at most `limit`", shapes.mail),
  },
  "GET /_sandbox/mails/:id": {
    operationId: "getMail",
    summary: "One message with its headers",
    response: { 200: json("The message", shapes.mailDetail), ...notThere },
  },
  "GET /_sandbox/mails/:id/html": {
    operationId: "getMailHtml",
    summary: "The HTML of a message, for a frame without scripts",
    response: { 200: media("The HTML", "text/html"), ...notThere },
  },
  "GET /_sandbox/mails/:id/source": {
    operationId: "getMailSource",
    summary: "A message as it is on the wire",
    response: { 200: media("The source", "text/plain"), ...notThere },
  },
  "GET /_sandbox/events": {
    operationId: "getEvents",
    summary: "What changes, as server-sent events",
    response: {
      200: media("The events, without end", "text/event-stream"),
      ...forbidden,
      503: json("Too many streams are open", shapes.failure),
    },
  },
  "POST /_sandbox/faults": {
    operationId: "addFault",
    summary: "Lets calls go wrong from now on",
    response: { 201: json("The fault, with its id", shapes.armedFault), ...withBody },
  },
  "DELETE /_sandbox/faults": {
    operationId: "clearFaults",
    summary: "Removes all faults",
    response: { 204: nothing, ...withBody },
  },
  "DELETE /_sandbox/faults/:id": {
    operationId: "removeFault",
    summary: "Removes one fault",
    response: { 204: nothing, ...withBody, ...notThere },
  },
  "PUT /_sandbox/profile": {
    operationId: "useProfile",
    summary: "Answers according to the named profiles from now on",
    response: { 204: nothing, ...withBody },
  },
  "GET /_sandbox/clock": {
    operationId: "getClock",
    summary: "The sandbox's clock",
    response: { 200: json("The time", shapes.clock), ...forbidden },
  },
  "POST /_sandbox/clock": {
    operationId: "moveClock",
    summary: "Moves the clock ahead, and answers when what became due is delivered",
    response: { 200: json("The time", shapes.clock), ...withBody },
  },
  "POST /_sandbox/reset": {
    operationId: "reset",
    summary: "Removes all enrollments, contacts, requests and messages",
    response: { 204: nothing, ...withBody },
  },
};
