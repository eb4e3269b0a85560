import type { FastifyInstance } from "fastify";
import { ALWAYS_TAKE_EFFECT, FAULT_KINDS, type Fault, type Faults } from "../../state/faults";
import { profileOf, type Profile } from "../../state/profiles";

const fault = {
  type: "object",
  required: ["kind"],
  additionalProperties: false,
  properties: {
    kind: { enum: FAULT_KINDS },
    on: { enum: ["start", "abort"] },
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
    // The answer to an abort never has a ref.
    { not: { required: ["on"], properties: { kind: { const: "no-ref" }, on: { const: "abort" } } } },
    { if: { required: ["lateMs"] }, then: { properties: { kind: { const: "late" } } } },
    { if: { required: ["status"] }, then: { properties: { kind: { enum: ["gateway", "late"] } } } },
  ],
};

const names = { type: "array", items: { type: "string" } };

/** The sandbox's own calls that change its behavior. */
export function controlRoutes(app: FastifyInstance, faults: Faults, useProfile: (profile: Profile) => void): void {
  app.post<{ Body: Fault }>("/_sandbox/faults", { schema: { body: fault } }, (request, reply) => {
    faults.add(request.body);
    return reply.code(204).send();
  });
  app.delete("/_sandbox/faults", (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.put<{ Body: string[] }>("/_sandbox/profile", { schema: { body: names } }, (request, reply) => {
    useProfile(profileOf(request.body));
    return reply.code(204).send();
  });
}
