import type { FastifyInstance } from "fastify";
import { refuse, succeed } from "../envelopes";
import type { Postman } from "../postman";
import type { Profile } from "../profiles";
import type { Store } from "../store";
import { emailProperty, journeyParams, validationMessage } from "./schemas";

interface StartBody {
  email: string;
  data?: Record<string, unknown>;
  allowDuplicateEmail?: boolean;
}

const body = {
  type: "object",
  required: ["email"],
  properties: {
    email: emailProperty,
    data: { type: "object" },
    allowDuplicateEmail: { type: "boolean" },
  },
};

/** `POST /hooks/start/{journey-id}`: starts the journey for an address. Its first mail comes after the answer. */
export function startRoute(app: FastifyInstance, store: Store, postman: Postman, profile: () => Profile): void {
  app.post<{ Params: { journeyId: string }; Body: StartBody }>(
    "/hooks/start/:journeyId",
    { schema: { params: journeyParams, body }, schemaErrorFormatter: validationMessage },
    (request, reply) => {
      const { journeyId } = request.params;
      const { email, data = {}, allowDuplicateEmail = false } = request.body;
      const { start, duplicate, duplicateMeans } = profile();
      if (start !== undefined) return refuse(reply, start);
      const [earlier] = duplicateMeans === "ever" ? store.ever(journeyId, email) : store.running(journeyId, email);
      if (!allowDuplicateEmail && earlier !== undefined && duplicate !== "accepted") {
        return refuse(reply, duplicate, earlier.instanceId);
      }
      const { instanceId } = store.start(journeyId, email, data, allowDuplicateEmail);
      postman.wake();
      return succeed(reply, "journey Executed", instanceId);
    },
  );
}
