import { once } from "node:events";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { failure, inputOf, vendorCallOf } from "./envelopes";
import type { Fault, Faults } from "../state/faults";
import type { Store } from "../state/store";
import { SUCCESS, type VendorCall } from "../state/vendorCall";

/** The longest delay of Node's timers. With a longer one they would not wait at all. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

declare module "fastify" {
  interface FastifyRequest {
    fault: Fault | null;
  }
}

/** Applies the faults to the vendor's calls: before the request is read, instead of its effect, or after its effect. */
export function faultHooks(
  app: FastifyInstance,
  faults: Faults,
  store: Store,
  sleep: (ms: number) => Promise<void>,
): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (faults.isEmpty || faults.take(callOf(request), isBeforeAll) === undefined) return done();
    reply.hijack();
    request.raw.socket.destroy();
  });

  app.addHook("preHandler", (request, reply, done) => {
    if (faults.isEmpty) return done();
    const call = callOf(request);
    const forThis = (fault: Fault) =>
      fault.kind !== "reset-before" && (fault.email === undefined || fault.email === addressOf(request, store));
    request.fault = faults.take(call, forThis) ?? null;
    // This answer is sent before the handler runs, so nothing takes effect.
    if (request.fault?.takesEffect !== false) return done();
    reply.send({ success: true, message: SUCCESS[call] });
  });

  app.addHook("onSend", (request, reply, payload, done) => {
    const { fault } = request;
    if (fault === null) return done(null, payload);
    const delayed = fault.kind === "delay" ? sleep(Math.min(fault.delayMs ?? 1000, MAX_TIMEOUT_MS)) : Promise.resolve();
    delayed
      .then(() => spoil(fault, request, reply, payload as string))
      .then(
        (spoiled) => done(null, spoiled),
        (error: Error) => done(error),
      );
  });
}

function isBeforeAll({ kind }: Fault): boolean {
  return kind === "reset-before";
}

/** The payload to send in place of the answer. */
async function spoil(fault: Fault, request: FastifyRequest, reply: FastifyReply, payload: string): Promise<string> {
  const say = (status: number, body: unknown) => {
    reply.code(status);
    return JSON.stringify(body);
  };
  const gateway = (status = 502) => {
    reply.code(status).type("text/html");
    return "<html><body>Bad gateway</body></html>";
  };
  switch (fault.kind) {
    case "delay":
    case "reset-before":
      return payload;
    case "500":
      return say(500, { success: false, message: "Something went wrong" });
    case "502-html":
      return gateway();
    case "503-after":
      return say(503, { message: "Service Unavailable" });
    case "503-after-envelope":
      return say(503, failure(request, "Service unavailable", 503));
    case "gateway":
      return gateway(fault.status);
    case "late":
      return fault.status === undefined ? untilGivenUp(reply) : gateway(fault.status);
    case "empty":
      reply.code(200);
      return "";
    case "not-json":
      reply.code(200).type("text/plain");
      return "OK";
    case "no-ref":
      return say(200, { success: true, message: SUCCESS[callOf(request)] });
    case "cut":
      return cut(reply, payload);
    case "reset-after":
      reply.hijack();
      reply.raw.destroy();
      return payload;
    case "hang":
      return untilGivenUp(reply);
  }
}

/** Sends no answer for as long as the client waits. */
async function untilGivenUp(reply: FastifyReply): Promise<string> {
  // Otherwise the handler of a request that must not take effect runs once the client has given up.
  reply.hijack();
  if (!reply.raw.destroyed) await once(reply.raw, "close");
  return "";
}

/** Promises the whole answer, sends half of it, and closes the connection. */
function cut(reply: FastifyReply, payload: string): string {
  reply.hijack();
  reply.raw.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(payload) });
  reply.raw.write(payload.slice(0, payload.length / 2), () => reply.raw.destroy());
  return payload;
}

/** The address that a call is for. An abort may name only the instance. */
function addressOf(request: FastifyRequest, store: Store): string | undefined {
  const { email, instanceId } = inputOf(request) as { email?: string; instanceId?: string };
  const { journeyId = "" } = request.params as { journeyId?: string };
  return email ?? store.instances.find(journeyId, instanceId ?? "")?.email;
}

function callOf(request: FastifyRequest): VendorCall {
  return vendorCallOf(request) ?? "start";
}
