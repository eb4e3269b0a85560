import type { FastifyInstance, FastifyReply } from "fastify";
import type { Limit } from "../state/profile";
import { Ring } from "../state/ring";
import { refuse } from "./envelopes";

const WINDOW_MS = 1000;

/** The requests that were served in the last second. */
export class Window {
  private served = new Ring<number>(0);

  /**
   * Serves a request if fewer than so many were served in the last second. A refused request does not count.
   *
   * @returns Undefined if it is served, otherwise when there is room again.
   */
  take(perSecond: number, now: number): number | undefined {
    if (perSecond !== this.served.limit) this.resize(perSecond);
    const { served } = this;
    // The clock went back: nothing can be said of what was served later.
    if ((served.at(served.count - 1) ?? now) > now) served.clear();
    const oldest = served.at(0);
    if (served.count === perSecond && oldest !== undefined && oldest > now - WINDOW_MS) return oldest + WINDOW_MS;
    served.push(now);
    return undefined;
  }

  private resize(perSecond: number): void {
    const served = new Ring<number>(perSecond);
    for (const at of this.served.slice()) served.push(at);
    this.served = served;
  }
}

/** Applies the profile's rate limit to the vendor's calls: a number of requests in any one second. */
export function throttle(app: FastifyInstance, limitOf: () => Limit | undefined, now: () => number): void {
  const window = new Window();
  app.addHook("preValidation", (_request, reply, done) => {
    const limit = limitOf();
    if (limit === undefined) return done();
    const at = now();
    const freeAt = window.take(limit.perSecond, at);
    if (freeAt === undefined) return done();
    slowDown(reply, limit, freeAt, at);
  });
}

function slowDown(reply: FastifyReply, limit: Limit, freeAt: number, now: number): FastifyReply {
  const { retryAfter } = limit;
  // Both forms have only whole seconds. Rounded up, so that the client does not come back too early.
  if (retryAfter === "seconds") reply.header("Retry-After", Math.ceil((freeAt - now) / 1000));
  if (retryAfter === "date") {
    reply.header("Retry-After", new Date(Math.ceil(freeAt / 1000) * 1000).toUTCString());
    // Node's own Date header follows the machine's clock.
    reply.header("Date", new Date(now).toUTCString());
  }
  return refuse(reply, { message: "Too many requests", ...limit });
}
