import type { FastifyReply, FastifyRequest } from "fastify";
import type { Refusal } from "./profiles";

/** Sends the vendor's envelope of a success. */
export function succeed(reply: FastifyReply, message: string, ref?: string): FastifyReply {
  return reply.code(200).send({ success: true, message, ...(ref === undefined ? {} : { ref }) });
}

/** Sends the vendor's envelope of a failure. An abort's has one field more than a start's. */
export function refuse(reply: FastifyReply, { status, message, withRef }: Refusal, ref?: string): FastifyReply {
  const extra = isAbort(reply.request) ? { status: "error" } : {};
  return reply.code(status).send({ success: false, ...extra, message, ...(withRef ? { ref } : {}) });
}

function isAbort(request: FastifyRequest): boolean {
  return request.url.startsWith("/hooks/abort/");
}
