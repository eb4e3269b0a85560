import type { FastifyInstance } from "fastify";
import type { Answer } from "../envelopes";
import type { Postman } from "../../mail/postman";
import type { Profile } from "../../state/profiles";
import type { Store } from "../../state/store";
import { answerWith } from "./answerWith";
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

/** `POST /hooks/start/{journey-id}`: starts the journey for an address. Its first message is sent after the answer. */
export function startRoute(app: FastifyInstance, store: Store, postman: Postman, profile: () => Profile): void {
  app.post<{ Params: { journeyId: string }; Body: StartBody }>(
    "/hooks/start/:journeyId",
    { schema: { params: journeyParams, body }, schemaErrorFormatter: validationMessage },
    (request, reply) =>
      answerWith(request, reply, store, postman, () => start(store, profile(), request.params.journeyId, request.body)),
  );
}

function start({ instances }: Store, profile: Profile, journeyId: string, body: StartBody): Answer {
  const { email, data = {}, allowDuplicateEmail = false } = body;
  const { start: refusal, duplicate, duplicateMeans } = profile;
  if (refusal !== undefined) return { refusal };
  const [earlier] =
    duplicateMeans === "ever" ? instances.startedFor(journeyId, email) : instances.running(journeyId, email);
  if (!allowDuplicateEmail && earlier !== undefined && duplicate !== "accepted") {
    return { refusal: duplicate, ref: earlier.instanceId, instanceId: earlier.instanceId };
  }
  const { instanceId } = instances.start(journeyId, email, data, allowDuplicateEmail);
  return { message: "journey Executed", ref: instanceId, instanceId };
}
