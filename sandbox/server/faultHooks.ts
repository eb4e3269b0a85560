import type { OutgoingHttpHeaders } from "node:http";
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

/**
 * Applies the faults to the vendor's calls: before the request is read, instead of its effect, or after its effect.
 *
 * @param sleep Rejects if the sandbox closes meanwhile.
 */
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
      fault.kind !== "reset-before" &&
      (fault.email === undefined || fault.email.toLowerCase() === addressOf(request, store)?.toLowerCase());
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
      .then(
        () => spoil(fault, request, reply, payload as string),
        () => disconnect(reply),
      )
      .then(
        // Without a payload, the fault has taken the connection: Fastify would write a second answer to it.
        (spoiled) => spoiled !== undefined && done(null, spoiled),
        (error: Error) => done(error),
      );
  });
}

function isBeforeAll({ kind }: Fault): boolean {
  return kind === "reset-before";
}

/** The payload to send in place of the answer. Undefined: the connection was taken, and nothing more is to be sent. */
async function spoil(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: string,
): Promise<string | undefined> {
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
      return disconnect(reply);
    case "hang":
      return untilGivenUp(reply);
  }
}

function disconnect(reply: FastifyReply): undefined {
  reply.hijack();
  reply.raw.destroy();
}

/** Sends no answer for as long as the client waits. */
function untilGivenUp(reply: FastifyReply): undefined {
  // Otherwise the handler of a request that must not take effect runs.
  reply.hijack();
}

/** Promises the whole answer, sends half of it, and closes the connection. */
function cut(reply: FastifyReply, payload: string): undefined {
  reply.hijack();
  reply.raw.writeHead(reply.statusCode, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    "content-length": Buffer.byteLength(payload),
  });
  reply.raw.write(payload.slice(0, payload.length / 2), () => reply.raw.destroy());
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
