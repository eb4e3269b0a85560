import type { FastifyReply, FastifyRequest } from "fastify";
import type { Answer, Concerned } from "../state/answer";
import type { Refusal, Reply } from "../state/profile";
import type { VendorCall } from "../state/vendorCall";
import { mapStrings } from "./mapStrings";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Which of the vendor's calls the route is. Undefined: none. */
    readonly vendorCall?: VendorCall;
  }
}

/** Sends an answer in the vendor's envelope, or as the profile has it. */
export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.refusal !== undefined) return refuse(reply, answer.refusal, answer.ref, answer);
  const { message, ref, body } = answer;
  if (body !== undefined) return reply.code(200).send(body);
  return sendAs(reply, answer.reply ?? { status: 200, message }, answer, (said) => ({
    success: true,
    message: said,
    ...(ref === undefined ? {} : { ref }),
  }));
}

/** Sends the vendor's envelope for a failure, or what the profile has instead of it. */
export function refuse(reply: FastifyReply, refusal: Refusal, ref?: string, concerned: Concerned = {}): FastifyReply {
  return sendAs(reply, refusal, concerned, (message) => ({
    ...failure(reply.request, message, refusal.status),
    ...(refusal.withRef ? { ref } : {}),
  }));
}

/** The vendor's envelope for a failure, which has other fields for each call. */
export function failure(request: FastifyRequest, message: string, status: number): object {
  switch (vendorCallOf(request)) {
    case "abort":
      return { success: false, status: "error", message };
    case "getContactDetails":
      return { error: "ValidationError", success: false, status: "error", message };
    case "removeFromList":
    case "resubscribe":
      // In the contract, these have only a message. With status 200 that would be a success.
      return status === 400 ? { message } : { success: false, message };
    default:
      return { success: false, message };
  }
}

/** Which of the vendor's calls it is. Undefined: none. */
export function vendorCallOf({ routeOptions }: FastifyRequest): VendorCall | undefined {
  return routeOptions.config.vendorCall;
}

/** What a call is about: its body, or its query if it has no body. */
export function inputOf({ method, body, query }: FastifyRequest): Record<string, unknown> {
  return ((method === "GET" ? query : body) ?? {}) as Record<string, unknown>;
}

/** An answer that is no envelope: sent as a text, and logged as what it is. */
export class ExactAnswer {
  constructor(
    readonly shown: unknown,
    readonly text: string,
  ) {}
}

function sendAs(
  reply: FastifyReply,
  { status, message = "", body, text, contentType, headers }: Reply,
  concerned: Concerned,
  envelope: (message: string) => object,
): FastifyReply {
  const fill = filler(reply.request, concerned);
  for (const [name, value] of Object.entries(headers ?? {}))
    reply.header(name, fill(value).replace(/[^\t\x20-\x7e]/g, "?"));
  reply.code(status);
  if (body === undefined && text === undefined) return reply.send(envelope(fill(message)));

  const shown = text === undefined ? mapStrings(body, fill) : fill(text);
  const exact = new ExactAnswer(shown, text === undefined ? JSON.stringify(shown) : String(shown));
  return reply
    .type(contentType ?? (text === undefined ? "application/json; charset=utf-8" : "text/plain; charset=utf-8"))
    .serializer((payload) => (payload as ExactAnswer).text)
    .send(exact);
}

/** Puts what a call concerns in the place of its name in double braces: an instance that is not known, too. */
function filler(request: FastifyRequest, concerned: Concerned): (text: string) => string {
  const { journeyId = "" } = (request.params ?? {}) as { journeyId?: string };
  const { instanceId: namedId } = (request.body ?? {}) as { instanceId?: unknown };
  const { instanceId = textOf(namedId), email = textOf(inputOf(request)["email"]) } = concerned;
  const values: Record<string, string> = { instanceId, journeyId, email };
  return (text) => text.replace(/\{\{(instanceId|journeyId|email)\}\}/g, (_, name: string) => values[name] ?? "");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
