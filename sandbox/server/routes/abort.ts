import type { FastifyInstance } from "fastify";
import type { Answer } from "../envelopes";
import type { Postman } from "../../mail/postman";
import type { Profile } from "../../state/profiles";
import type { Store } from "../../state/store";
import { answerWith } from "./answerWith";
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

/** `POST /hooks/abort/{journey-id}`: aborts one instance, or whatever runs for an address. */
export function abortRoute(app: FastifyInstance, store: Store, postman: Postman, profile: () => Profile): void {
  app.post<{ Params: { journeyId: string }; Body: AbortBody }>(
    "/hooks/abort/:journeyId",
    { schema: { params: journeyParams, body }, schemaErrorFormatter: validationMessage },
    (request, reply) =>
      answerWith(request, reply, store, postman, () => abort(store, profile(), request.params.journeyId, request.body)),
  );
}

const done: Answer = { message: "journey aborted" };

function abort(
  { instances }: Store,
  profile: Profile,
  journeyId: string,
  { email, instanceId, reason }: AbortBody,
): Answer {
  // The vendor's contract states this only in prose: "Either email or the instanceId should be provided".
  if ((email === undefined) === (instanceId === undefined)) {
    return { refusal: { status: 400, message: "Either email or the instanceId should be provided" } };
  }
  const [ended, unknown] = [profile.abortEnded, profile.abortUnknown].map((answer): Answer =>
    answer === "success" ? done : { refusal: answer },
  ) as [Answer, Answer];
  if (instanceId !== undefined) {
    const instance = instances.find(journeyId, instanceId);
    if (instance === undefined) return unknown;
    if (instance.status !== "running") return { ...ended, instanceId };
    instances.abort(instance, reason);
    return { ...done, instanceId };
  }
  const running = instances.running(journeyId, email ?? "");
  const [last] = running.slice(-1);
  for (const instance of profile.abortByAddress === "all" ? running : running.slice(-1))
    instances.abort(instance, reason);
  return last === undefined ? unknown : { ...done, instanceId: last.instanceId };
}
