import type { FastifyInstance } from "fastify";
import type { SandboxState } from "../../api";
import type { Controls } from "../../state/controls";
import type { Store } from "../../state/store";

const names = { type: "array", items: { type: "string" } };

/** The sandbox's own calls that show its state, choose its profile and empty it. */
export function controlRoutes(
  app: FastifyInstance,
  store: Store,
  controls: Controls,
  stateOf: () => SandboxState,
): void {
  app.get("/_sandbox/state", stateOf);
  app.put<{ Body: string[] }>("/_sandbox/profile", { schema: { body: names } }, (request, reply) => {
    controls.useProfile(request.body);
    return reply.code(204).send();
  });
  app.post("/_sandbox/reset", (_request, reply) => {
    store.reset();
    return reply.code(204).send();
  });
}
