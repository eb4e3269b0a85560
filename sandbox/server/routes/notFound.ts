import type { FastifyReply } from "fastify";

/** The answer of the sandbox's own calls where there is no such thing. */
export function notFound(reply: FastifyReply, what: string): FastifyReply {
  return reply.code(404).send({ message: `There is no such ${what}, or no longer` });
}
