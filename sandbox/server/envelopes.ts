import type { FastifyReply, FastifyRequest } from "fastify";
import type { Refusal } from "../state/profiles";

/**
 * The answer to a call. `ref` is the instance that the call started, or the one that is already running; `instanceId` is
 * the one that it concerned, for the log.
 */
export type Answer =
  | { readonly message: string; readonly ref?: string; readonly instanceId?: string; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly ref?: string; readonly instanceId?: string };

/** Sends an answer in the vendor's envelope. */
export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.refusal !== undefined) return refuse(reply, answer.refusal, answer.ref);
  const { message, ref } = answer;
  return reply.code(200).send({ success: true, message, ...(ref === undefined ? {} : { ref }) });
}

/** Sends the vendor's envelope for a failure. */
export function refuse(reply: FastifyReply, { status, message, withRef }: Refusal, ref?: string): FastifyReply {
  return reply.code(status).send({ ...failure(reply.request, message), ...(withRef ? { ref } : {}) });
}

/** The vendor's envelope for a failure. An abort's has one more field than a start's. */
export function failure(request: FastifyRequest, message: string): object {
  return { success: false, ...(isAbort(request) ? { status: "error" } : {}), message };
}

export function isAbort(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith("/hooks/abort/") ?? false;
}
