import type { FastifyInstance } from "fastify";
import type { Store } from "../../state/store";

/**
 * The sandbox's own calls, outside the vendor's paths and without a key: they show what the store holds, and reset it.
 */
export function storeRoutes(app: FastifyInstance, store: Store): void {
  app.get("/_sandbox/instances", () => store.all());
  app.get("/_sandbox/requests", () => store.requests());
  app.get("/_sandbox/mails", () => store.mails());
  app.post("/_sandbox/reset", (_request, reply) => {
    store.reset();
    return reply.code(204).send();
  });
}
