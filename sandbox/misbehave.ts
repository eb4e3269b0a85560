import { once } from "node:events";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { failure, isAbort, send, type Answer } from "./envelopes";
import type { Fault, Faults } from "./faults";
import type { Postman } from "./postman";
import type { Store } from "./store";

declare module "fastify" {
  interface FastifyRequest {
    fault: Fault | null;
  }
}

/** Acts and answers; or, where the call's fault is `late`, answers at once and acts by the sandbox's clock. */
export function answerWith(
  { fault }: FastifyRequest,
  reply: FastifyReply,
  store: Store,
  postman: Postman,
  act: () => Answer,
): FastifyReply {
  let answer: Answer = { message: "not yet" };
  if (fault?.kind === "late") store.later(fault.lateMs ?? LATE_MS, () => void act());
  else answer = act();
  postman.wake();
  return send(reply, answer);
}

const LATE_MS = 9_000;

/** Makes the vendor's calls go wrong as the faults say: before the request is read, instead of it, or after it took effect. */
export function misbehave(
  app: FastifyInstance,
  faults: Faults,
  store: Store,
  sleep: (ms: number) => Promise<void>,
): void {
  app.decorateRequest("fault", null);

  app.addHook("onRequest", async (request, reply) => {
    if (faults.take(callOf(request), ({ kind }) => kind === "reset-before") === undefined) return;
    reply.hijack();
    request.raw.socket.destroy();
  });

  app.addHook("preHandler", async (request, reply) => {
    const forThis = (fault: Fault) =>
      fault.kind !== "reset-before" && (fault.email === undefined || fault.email === addressOf(request, store));
    request.fault = faults.take(callOf(request), forThis) ?? null;
    // Sent here, the answer comes before the handler, and nothing takes effect.
    if (request.fault?.takesEffect === false) return reply.send({ success: true, message: "journey Executed" });
  });

  app.addHook("onSend", async (request, reply, payload) => {
    const { fault } = request;
    if (fault === null) return payload;
    switch (fault.kind) {
      case "delay":
        await sleep(fault.delayMs ?? 1000);
        return payload;
      case "500":
        reply.code(500);
        return JSON.stringify({ success: false, message: "Something went wrong" });
      case "502-html":
        reply.code(502).type("text/html");
        return GATEWAY_PAGE;
      case "503-after":
        reply.code(503);
        return JSON.stringify({ message: "Service Unavailable" });
      case "503-after-envelope":
        reply.code(503);
        return JSON.stringify(failure(request, "Service unavailable"));
      case "gateway":
        reply.code(fault.status ?? 502).type("text/html");
        return GATEWAY_PAGE;
      case "late":
        if (fault.status === undefined) return untilGivenUp(reply);
        reply.code(fault.status).type("text/html");
        return GATEWAY_PAGE;
      case "empty":
        reply.code(200);
        return "";
      case "not-json":
        reply.code(200).type("text/plain");
        return "OK";
      case "no-ref":
        reply.code(200);
        return JSON.stringify({ success: true, message: "journey Executed" });
      case "cut":
        return cut(reply, payload as string);
      case "reset-after":
        reply.hijack();
        reply.raw.destroy();
        return payload;
      case "hang":
        return untilGivenUp(reply);
      case "reset-before":
        return payload;
    }
  });
}

const GATEWAY_PAGE = "<html><body>Bad gateway</body></html>";

/** Answers nothing for as long as the client waits. */
async function untilGivenUp(reply: FastifyReply): Promise<string> {
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

/** Whom a call is for; an abort may name the instance alone. */
function addressOf(request: FastifyRequest, store: Store): string | undefined {
  const { email, instanceId } = (request.body ?? {}) as { email?: string; instanceId?: string };
  const { journeyId } = request.params as { journeyId: string };
  return email ?? store.find(journeyId, instanceId ?? "")?.email;
}

function callOf(request: FastifyRequest): "start" | "abort" {
  return isAbort(request) ? "abort" : "start";
}
