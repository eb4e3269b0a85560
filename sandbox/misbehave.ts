import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Fault, Faults } from "./faults";
import type { Store } from "./store";

declare module "fastify" {
  interface FastifyRequest {
    fault: Fault | null;
  }
}

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
        return "<html><body>Bad gateway</body></html>";
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
        // Until the client gives up.
        reply.hijack();
        return payload;
      case "reset-before":
        return payload;
    }
  });
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
  return request.url.startsWith("/hooks/abort/") ? "abort" : "start";
}
