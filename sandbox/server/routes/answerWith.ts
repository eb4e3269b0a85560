import type { FastifyReply, FastifyRequest } from "fastify";
import { send, type Answer } from "../envelopes";
import type { Postman } from "../../mail/postman";
import type { Store } from "../../state/store";

/** Acts and answers. If the call's fault is `late`, it answers at once and acts later, by the sandbox's clock. */
export function answerWith(
  { fault }: FastifyRequest,
  reply: FastifyReply,
  store: Store,
  postman: Postman,
  act: () => Answer,
): FastifyReply {
  let answer: Answer = { message: "not yet" };
  if (fault?.kind === "late") store.late.add(fault.lateMs ?? LATE_MS, () => void act());
  else answer = act();
  postman.scheduleNext();
  return send(reply, answer);
}

const LATE_MS = 9_000;
