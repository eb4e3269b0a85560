import type { FastifyInstance, FastifyReply } from "fastify";
import { refuse } from "./envelopes";
import type { Limit, Profile } from "./profiles";

const WINDOW_MS = 1000;

/** Applies the profile's rate limit to the vendor's calls: a number of requests in any one second. */
export function throttle(app: FastifyInstance, profile: () => Profile, now: () => number): void {
  let served: number[] = [];
  app.addHook("preValidation", async (_request, reply) => {
    const { limit } = profile();
    if (limit === undefined) return;
    served = served.filter((at) => at > now() - WINDOW_MS);
    const [first] = served;
    if (first !== undefined && served.length >= limit.perSecond)
      return slowDown(reply, limit, first + WINDOW_MS, now());
    served.push(now());
  });
}

function slowDown(reply: FastifyReply, { status, retryAfter }: Limit, freeAt: number, now: number): FastifyReply {
  // Both forms have only whole seconds. Rounded up, so that the client does not come back too early.
  if (retryAfter === "seconds") reply.header("Retry-After", Math.ceil((freeAt - now) / 1000));
  if (retryAfter === "date") {
    reply.header("Retry-After", new Date(Math.ceil(freeAt / 1000) * 1000).toUTCString());
    // Node's own Date header follows the machine's clock.
    reply.header("Date", new Date(now).toUTCString());
  }
  return refuse(reply, { status, message: "Too many requests" });
}
