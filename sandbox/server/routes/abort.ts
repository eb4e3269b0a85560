import type { FastifyInstance } from "fastify";
import type { AbortBody } from "../../state/calls";
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
  app.post<{ Params: { journeyId: string }; Body: AbortBody }>(
    "/hooks/abort/:journeyId",
    { schema: { params: journeyParams, body }, schemaErrorFormatter: validationMessage },
    (request, reply) => answering.answer(request, reply, "abort"),
  );
}
