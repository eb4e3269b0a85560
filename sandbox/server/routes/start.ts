import type { FastifyInstance } from "fastify";
import type { Answering } from "./answering";
import { emailProperty, journeyParams, validationMessage } from "./schemas";

const body = {
  type: "object",
  required: ["email"],
  properties: {
    email: emailProperty,
    data: { type: "object" },
    allowDuplicateEmail: { type: "boolean" },
  },
};

/** `POST /hooks/start/{journey-id}`: starts the journey for an address. Its first message is sent after the answer. */
export function startRoute(app: FastifyInstance, answering: Answering): void {
  app.post(
    "/hooks/start/:journeyId",
    {
      schema: { params: journeyParams, body },
      schemaErrorFormatter: validationMessage,
      config: { vendorCall: "start" },
    },
    (request, reply) => answering.answer(request, reply, "start"),
  );
}
