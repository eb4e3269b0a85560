import type { FastifyInstance } from "fastify";
import { refuse, succeed } from "../envelopes";
import type { Profile, Refusal } from "../profiles";
import type { Store } from "../store";
import { emailProperty, journeyParams, validationMessage } from "./schemas";

interface AbortBody {
  email?: string;
  instanceId?: string;
  reason?: string;
}

const body = {
  type: "object",
  properties: {
    email: emailProperty,
    instanceId: { type: "string", format: "uuid" },
    reason: { type: "string", minLength: 1 },
  },
};

/** `POST /hooks/abort/{journey-id}`: aborts one instance, or what runs for an address. */
export function abortRoute(app: FastifyInstance, store: Store, profile: () => Profile): void {
  app.post<{ Params: { journeyId: string }; Body: AbortBody }>(
    "/hooks/abort/:journeyId",
    { schema: { params: journeyParams, body }, schemaErrorFormatter: validationMessage },
    (request, reply) => {
      const { journeyId } = request.params;
      const { email, instanceId, reason } = request.body;
      // The vendor says it in prose only: "Either email or the instanceId should be provided".
      if ((email === undefined) === (instanceId === undefined)) {
        return refuse(reply, { status: 400, message: "Either email or the instanceId should be provided" });
      }
      const { abortEnded, abortUnknown, abortByAddress } = profile();
      const nothing = (answer: Refusal | "success") =>
        answer === "success" ? succeed(reply, "journey aborted") : refuse(reply, answer);
      if (instanceId !== undefined) {
        const instance = store.find(journeyId, instanceId);
        if (instance === undefined) return nothing(abortUnknown);
        if (instance.status !== "running") return nothing(abortEnded);
        store.abort(instance, reason);
      } else {
        const running = store.running(journeyId, email ?? "");
        if (running.length === 0) return nothing(abortUnknown);
        for (const instance of abortByAddress === "all" ? running : running.slice(-1)) store.abort(instance, reason);
      }
      return succeed(reply, "journey aborted");
    },
  );
}
