import type { FastifyReply, FastifyRequest } from "fastify";
import { send, type Answer } from "../envelopes";
import type { Postman } from "../../mail/postman";
import type { Store } from "../../state/store";

/** Acts and answers. If the call's fault is `late`, it answers at once and acts later, by the sandbox's clock. */
export function answerWith(
  request: FastifyRequest,
  reply: FastifyReply,
  store: Store,
  postman: Postman,
  act: () => Answer,
): FastifyReply {
  let answer: Answer = { message: "not yet" };
  if (request.fault?.kind === "late") store.late.add(request.fault.lateMs ?? LATE_MS, () => void act());
  else answer = act();
  request.instanceId = answer.instanceId;
  postman.scheduleNext();
  return send(reply, answer);
}

const LATE_MS = 9_000;
