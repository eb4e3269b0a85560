import type { FastifyInstance } from "fastify";
import { ALWAYS_TAKE_EFFECT, FAULT_KINDS, type Fault, type Faults } from "../../state/faults";
import { VENDOR_CALLS } from "../../state/vendorCall";
import { notFound } from "./notFound";

const fault = {
  type: "object",
  required: ["kind"],
  additionalProperties: false,
  properties: {
    kind: { enum: FAULT_KINDS },
    on: { enum: VENDOR_CALLS },
    count: { type: "integer", minimum: 1 },
    probability: { type: "number", minimum: 0, maximum: 1 },
    seed: { type: "integer" },
    email: { type: "string", minLength: 1 },
    delayMs: { type: "integer", minimum: 0 },
    lateMs: { type: "integer", minimum: 0 },
    status: { enum: [502, 503, 504] },
    takesEffect: { type: "boolean" },
  },
  allOf: [
    // It happens before the address is read.
    { not: { required: ["email"], properties: { kind: { const: "reset-before" } } } },
    // These kinds always take effect.
    {
      not: {
        required: ["takesEffect"],
        properties: { kind: { enum: ALWAYS_TAKE_EFFECT }, takesEffect: { const: false } },
      },
    },
    // Only the answer to a start has a ref.
    {
      if: { required: ["on"], properties: { kind: { const: "no-ref" } } },
      then: { properties: { on: { const: "start" } } },
    },
    { if: { required: ["lateMs"] }, then: { properties: { kind: { const: "late" } } } },
    { if: { required: ["status"] }, then: { properties: { kind: { enum: ["gateway", "late"] } } } },
  ],
};

/** `/_sandbox/faults`: arms and removes them. */
export function faultRoutes(app: FastifyInstance, faults: Faults): void {
  app.post<{ Body: Fault }>("/_sandbox/faults", { schema: { body: fault } }, (request, reply) =>
    reply.code(201).send(faults.add(request.body)),
  );
  app.delete("/_sandbox/faults", (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.delete<{ Params: { id: string } }>("/_sandbox/faults/:id", ({ params }, reply) =>
    faults.remove(params.id) ? reply.code(204).send() : notFound(reply, "fault"),
  );
}
