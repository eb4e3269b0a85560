import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isIP, isIPv4, isIPv6 } from "node:net";
import { refuse, vendorCallOf } from "./envelopes";

/**
 * What a client may send, and how long it may take to: nobody may hold the sandbox up by sending slowly or much. The
 * provider sends at most 64 KiB of values.
 */
export const SERVER_LIMITS = {
  bodyLimit: 256 * 1024,
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  http: {
    headersTimeout: 10_000,
    /** How often Node looks for requests that take too long. */
    connectionsCheckingInterval: 1_000,
    /** With the path. A longer one is answered with 431. */
    maxHeaderSize: 16 * 1024,
    // Node would answer in plain text. The check below does it in JSON.
    requireHostHeader: false,
  },
} as const;

/** More would overflow the stack where the value is written as JSON again. */
const MAX_DEPTH = 100;

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": PAGE_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Keeps web pages of other sites, which run in the same browser, away from the sandbox, and each kind of input within
 * limits. Call it before anything else adds a hook.
 *
 * @param hosts The names or addresses that it may be called by, besides those of the loopback interface.
 */
export function secure(app: FastifyInstance, hosts: readonly string[]): void {
  // A form of any site may send it without asking.
  app.removeContentTypeParser("text/plain");
  const isAllowed = hostCheck(hosts);

  app.addHook("onRequest", async (request, reply) => {
    if (!isVendorCall(request)) reply.headers(HEADERS);
    if (isAdminCall(request)) reply.header("Cache-Control", "no-store");
    if (!isAllowed(calledBy(request))) return forbid(reply, misnamed(request.headers.host));
    if (isFromElsewhere(request)) return forbid(reply, FROM_ELSEWHERE);
  });
  app.addHook("preValidation", async (request, reply) => {
    if (!isDeeper(request.body, MAX_DEPTH)) return;
    // The log could not write it either.
    request.body = undefined;
    return refuse(reply, { status: 400, message: `The body is nested more than ${MAX_DEPTH} levels deep` });
  });
}

/** The calls of the vendor's contract. */
export function isVendorCall(request: FastifyRequest): boolean {
  return vendorCallOf(request) !== undefined;
}

/** By the route, as one path can be written in several ways, such as `/%5fsandbox/reset`. */
function isAdminCall({ routeOptions: { url } }: FastifyRequest): boolean {
  return url?.startsWith("/_sandbox/") ?? false;
}

/** What is there and is not the vendor's: the sandbox's calls, its page, and the icon that a browser asks for unasked. */
export function isOwnPath(request: FastifyRequest): boolean {
  return request.is404 ? request.url === "/favicon.ico" : !isVendorCall(request);
}

/** The name that it was called by, in lowercase and without the port. Empty if there is none, or more than one. */
function calledBy({ headers: { host = "" }, raw }: FastifyRequest): string {
  const [, name = ""] = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?$/i.exec(host) ?? [];
  const count = raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === "host").length;
  return count === 1 ? name.toLowerCase() : "";
}

/**
 * Whether a name in a Host header may be answered. A site whose name resolves to 127.0.0.1 (DNS rebinding) is of the
 * same origin as the sandbox for a browser, so only the name tells it apart.
 */
function hostCheck(hosts: readonly string[]): (name: string) => boolean {
  const given = new Set(hosts.map((host) => (isIPv6(host) ? `[${host}]` : host).toLowerCase()));
  // Then it has each address of the machine. An address cannot be rebound, as no DNS is asked for it.
  const anyAddress = given.has("0.0.0.0") || given.has("[::]");
  return (name) =>
    given.has(name) ||
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "[::1]" ||
    (isIPv4(name) && name.startsWith("127.")) ||
    (anyAddress && isIP(name.replace(/^\[|\]$/g, "")) !== 0);
}

/**
 * Whether a page of another site sent it. It could not start a vendor's call, as the key is in a header, which needs a
 * preflight; but a call without one would still use up faults and the rate. Links to the sandbox's page are welcome from
 * anywhere. Programs that are no browsers send neither of the headers.
 */
function isFromElsewhere(request: FastifyRequest): boolean {
  const { headers, method } = request;
  if (!isAdminCall(request) && (method === "GET" || method === "HEAD")) return false;
  const { origin, host = "", "sec-fetch-site": site } = headers;
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  return origin !== undefined && ![`http://${host}`, `https://${host}`].includes(origin);
}

const FROM_ELSEWHERE =
  "The sandbox refused this call because another web site sent it. Use the sandbox's own page, or a program that is no " +
  "browser.";

function misnamed(host: string | undefined): string {
  const shown = host === undefined || host === "" ? "no Host header" : `the Host header ${JSON.stringify(host)}`;
  return (
    `The sandbox refused this call because it has ${shown}, which a site that attacks it would also send. Call it by ` +
    "localhost or 127.0.0.1, or start it with --host and the name or address that you use."
  );
}

function forbid(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(403).send({ success: false, message });
}

/** Whether a value has lists and objects below more than so many others. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return false;
}
