import type { FastifyInstance, FastifyReply } from "fastify";
import { refuse } from "./envelopes";
import type { Limit } from "../state/profiles";

const WINDOW_MS = 1000;

/** The requests that were served in the last second. */
export class Window {
  private served: number[] = [];

  /**
   * Serves a request if fewer than so many were served in the last second. A refused request does not count.
   *
   * @returns Undefined if it is served, otherwise when there is room again.
   */
  take(perSecond: number, now: number): number | undefined {
    this.served = this.served.filter((at) => at > now - WINDOW_MS);
    const [first] = this.served;
    if (first !== undefined && this.served.length >= perSecond) return first + WINDOW_MS;
    this.served.push(now);
    return undefined;
  }
}

/** Applies the profile's rate limit to the vendor's calls: a number of requests in any one second. */
export function throttle(app: FastifyInstance, limitOf: () => Limit | undefined, now: () => number): void {
  const window = new Window();
  app.addHook("preValidation", async (_request, reply) => {
    const limit = limitOf();
    if (limit === undefined) return;
    const at = now();
    const freeAt = window.take(limit.perSecond, at);
    if (freeAt !== undefined) return slowDown(reply, limit, freeAt, at);
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
