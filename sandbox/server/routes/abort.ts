import type { FastifyInstance } from "fastify";
import type { Answering } from "./answering";
import { emailProperty, journeyParams, validationMessage } from "./schemas";

const body = {
  type: "object",
  properties: {
    email: emailProperty,
    instanceId: { type: "string", format: "uuid" },
    reason: { type: "string", minLength: 1 },
  },
};

/** `POST /hooks/abort/{journey-id}`: aborts one instance, or whatever runs for an address. */
export function abortRoute(app: FastifyInstance, answering: Answering): void {
  app.post(
    "/hooks/abort/:journeyId",
    {
      schema: { params: journeyParams, body },
      schemaErrorFormatter: validationMessage,
      config: { vendorCall: "abort" },
    },
    (request, reply) => answering.answer(request, reply, "abort"),
  );
}
