import axios, { type AxiosResponse } from "axios";
import * as http from "node:http";
import * as https from "node:https";
import { sharedHttpsAgent } from "../network/agent";
import { certificateAdvice } from "../network/certificateAdvice";
import { USER_AGENT } from "../network/userAgent";
import type { Deadline } from "./deadline";
import type { Outgoing } from "./outgoing";
import type { Permit } from "./permit";
import type { RateLimit } from "./rateLimit";

/** How to reach Mailmodo: the URL, the key, and the limits on time and rate. */
export interface Connection {
  /** The API's origin, with an optional path and no trailing slash: `https://api.mailmodo.com`. */
  readonly baseUrl: string;
  /** The `mmApiKey`. It is sent to the base URL's origin and nowhere else. */
  readonly apiKey: string;
  /** The longest wait for one complete answer, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** The proxy to tunnel through, for https alone. Default: none. */
  readonly proxy?: URL | undefined;
  /** When the operation, with all its attempts and waits, must have ended. */
  readonly deadline: Deadline;
  /** Grants each request its permit. */
  readonly pace: RateLimit;
  /** How long a start may still take effect after it was sent, in milliseconds. Default: `LATE_EFFECT_MS`. */
  readonly lateEffectMs?: number | undefined;
  /** Additional phrases that mean, in the refusal of an abort, that the instance has already ended. Default: none. */
  readonly alreadyOver?: readonly string[];
  /** Receives one line where a long wait begins. Default: console.log. */
  readonly log?: (line: string) => void;
  /** Called where a wait begins, however short: for how many milliseconds, and why. */
  readonly onWait?: ((ms: number, why: ReasonToWait) => void) | undefined;
  /** The last check before a request is sent. Returns the reason to hold the request back, or undefined to send it. */
  readonly reasonToHold: (request: Outgoing) => Promise<string | undefined>;
}

/** For its permit, as Mailmodo has asked to slow down, or before the same is sent again. */
export type ReasonToWait = "permit" | "slowDown" | "retry";

/** What happened to one request on the wire. */
export type Exchange =
  | Answered
  /** There was a reason to hold it back. */
  | { readonly kind: "held"; readonly reason: string }
  /** No connection, so the vendor cannot have seen the request. `said`: a proxy's own words. `next`: what to do now. */
  | { readonly kind: "notSent"; readonly reason: string; readonly said?: string; readonly next?: string }
  /** The vendor may have seen the request, but no complete answer came back. */
  | { readonly kind: "noAnswer"; readonly reason: string };

/** A complete answer, with the headers that matter. */
export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string;
  /** The `Date` header: when the answer was written, by the server's clock. */
  readonly date?: string;
}

const MAX_ANSWER_BYTES = 1024 * 1024;

const httpAgent = new http.Agent({ keepAlive: false });

/**
 * Sends a request once and reports what happened. It never retries. A request that fails is reported, never thrown: axios
 * errors carry the request's headers, and so the key.
 *
 * @throws What `reasonToHold` throws. Nothing was sent then.
 */
export async function sendOnce(connection: Connection, request: Outgoing, permit: Permit): Promise<Exchange> {
  const reason = await connection.reasonToHold(request);
  if (reason !== undefined) return { kind: "held", reason };

  const { baseUrl, proxy, requestTimeoutMs } = connection;
  const url = new URL(baseUrl + request.path);
  const watch = watchConnection(url.protocol === "https:", permit);
  const deadline = new AbortController();
  const endRequest = () => deadline.abort();
  const timer = setTimeout(endRequest, requestTimeoutMs);
  try {
    const response = await send(connection, url, request, watch.transport, deadline.signal);
    if (proxy !== undefined && !watch.connected()) return refusedByProxy(proxy, response);
    const { "retry-after": retryAfter, date } = response.headers as Record<string, unknown>;
    return {
      kind: "answered",
      status: response.status,
      text: response.data,
      ...(typeof retryAfter === "string" ? { retryAfter } : {}),
      ...(typeof date === "string" ? { date } : {}),
    };
  } catch (error) {
    const hasTimedOut = deadline.signal.aborted;
    const from = proxy === undefined || watch.connected() ? "" : ` from the proxy ${proxy.host}`;
    const why = hasTimedOut
      ? `no answer${from} within ${requestTimeoutMs / 1000} s`
      : reasonFor(error, url, proxy, watch.connected());
    if (watch.connected()) return { kind: "noAnswer", reason: why };
    const next = certificateAdvice(codeOf(error));
    return { kind: "notSent", reason: why, ...(next === undefined ? {} : { next }) };
  } finally {
    clearTimeout(timer);
  }
}

type Watch = ReturnType<typeof watchConnection>;

function send(
  { apiKey, proxy }: Connection,
  url: URL,
  { method, body }: Outgoing,
  transport: Watch["transport"],
  signal: AbortSignal,
): Promise<AxiosResponse<string>> {
  return axios.request<string>({
    method,
    url: url.href,
    data: body === undefined ? undefined : JSON.stringify(body),
    headers: {
      mmApiKey: apiKey,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      Accept: "application/json",
      "User-Agent": USER_AGENT,
    },
    signal,
    responseType: "text",
    transformResponse: (text: string) => text,
    maxContentLength: MAX_ANSWER_BYTES,
    // A followed redirect would send the key to another server.
    maxRedirects: 0,
    validateStatus: () => true,
    // The agent knows the proxy, which sees only a tunnel.
    proxy: false,
    httpAgent,
    httpsAgent: sharedHttpsAgent(proxy),
    transport,
  });
}

/**
 * Detects whether the connection was established (over TLS: after its handshake), and marks the permit as sent at that
 * time. Nothing is written before that.
 */
function watchConnection(secure: boolean, permit: Permit) {
  let connected = false;
  const transport = {
    request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest {
      const request = (secure ? https : http).request(options, onResponse);
      request.once("socket", (socket) => {
        socket.once(secure ? "secureConnect" : "connect", () => {
          connected = true;
          permit.markSent();
        });
      });
      return request;
    },
  };
  return { transport, connected: () => connected };
}

/** A proxy's answer to CONNECT. Whatever its status, there was no tunnel for the request. */
function refusedByProxy(
  { host }: URL,
  { status, statusText }: { readonly status: number; readonly statusText: string },
): Exchange {
  return {
    kind: "notSent",
    reason: `the proxy ${host} answered ${status}`,
    said: statusText,
    next:
      status === 407
        ? "Put its user name and password into HTTPS_PROXY, percent-encoded: http://<user>:<password>@<host>:<port>."
        : "Check HTTPS_PROXY and the proxy, or exempt the host in NO_PROXY.",
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

function reasonFor(error: unknown, { host: target }: URL, proxy: URL | undefined, hasTunnel: boolean): string {
  const code = codeOf(error);
  // Over a proxy, this machine resolves and calls the proxy's name only.
  const isOfTarget = hasTunnel || (proxy?.protocol === "http:" && certificateAdvice(code) !== undefined);
  const host = proxy === undefined || isOfTarget ? target : `the proxy ${proxy.host}`;
  switch (code) {
    case "ECONNREFUSED":
      return `${host} refused the connection`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name ${(proxy ?? { host: target }).host} could not be resolved`;
    case "ECONNRESET":
    case "EPIPE":
      return `${host} closed the connection`;
    case "ERR_BAD_RESPONSE":
      return `the answer from ${host} was cut off or larger than 1 MiB`;
    default:
      return code === undefined ? `the request to ${host} failed` : `the request to ${host} failed (${code})`;
  }
}
