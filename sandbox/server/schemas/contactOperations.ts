/** What the vendor's calls for contacts answer, for the description at `/openapi.json`. */
import type { Operation } from "./operation";
import { listOf, objectOf, text, type Schema } from "./shapes";

const message = { type: "string", minLength: 1 };
const flag = { type: "boolean" };
const said = objectOf<{ message: string }>({ message });
const succeeded = objectOf<{ success: true; message: string }>({ success: { const: true }, message });
const failed = objectOf<{ success: false; message: string }>({ success: { const: false }, message });
const answers = (done: Schema, refused: Schema) => ({
  200: { description: "Done", ...done },
  400: { description: "Refused; nothing was changed", ...refused },
});

/** By method and path of the route. */
export const contactOperations: Readonly<Record<string, Operation>> = {
  "POST /api/v1/addToList": {
    operationId: "addToList",
    summary: "Adds a contact to a list, and adds its data to what is known of it. It may be a new contact",
    response: answers(succeeded, failed),
  },
  "GET /api/v1/getContactDetails": {
    operationId: "getContactDetails",
    summary: "One contact, and whether it is blocked or unsubscribed",
    response: answers(
      objectOf<{
        contactIdentifier: string;
        email: string;
        data: object;
        blocked: boolean;
        blockedReason?: string;
        unsubscribed: boolean;
        unsubscribeReason?: string;
        unsubscribedEmailTypes: string[];
      }>(
        {
          contactIdentifier: { type: "string", format: "uuid" },
          email: text,
          data: { type: "object" },
          blocked: flag,
          blockedReason: text,
          unsubscribed: flag,
          unsubscribeReason: text,
          unsubscribedEmailTypes: listOf(text),
        },
        ["blockedReason", "unsubscribeReason"],
      ),
      objectOf<{ error: string; success: false; status: "error"; message: string }>({
        error: text,
        success: { const: false },
        status: { const: "error" },
        message,
      }),
    ),
  },
  "DELETE /api/v1/contacts": {
    operationId: "archiveContact",
    summary: "Archives a contact",
    response: answers(succeeded, failed),
  },
  "POST /api/v1/removeFromList": {
    operationId: "removeFromList",
    summary: "Removes a contact from a list",
    response: answers(said, said),
  },
  "POST /api/v1/contacts/resubscribe": {
    operationId: "resubscribe",
    summary: "Lets an unsubscribed contact receive messages again",
    response: answers(said, said),
  },
  "GET /api/v1/getAllContactLists": {
    operationId: "getAllContactLists",
    summary: "The lists, with how many contacts are in each",
    response: answers(
      objectOf<{ listDetails: object[] }>({
        listDetails: listOf(
          objectOf<{ id: string; name: string; created_at: string; contacts_count: number }>({
            id: { type: "string", format: "uuid" },
            name: message,
            created_at: { type: "string", format: "date-time" },
            contacts_count: { type: "integer", minimum: 0 },
          }),
        ),
      }),
      failed,
    ),
  },
};
