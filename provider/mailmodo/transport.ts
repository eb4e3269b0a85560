import axios from "axios";
import * as http from "node:http";
import * as https from "node:https";
import type { Deadline } from "./deadline";
import type { Permit, RateLimit } from "./rateLimit";

/** How to reach Mailmodo: the URL, the key, and the limits on time and rate. */
export interface Connection {
  /** The API's origin, with an optional path and no trailing slash: `https://api.mailmodo.com`. */
  readonly baseUrl: string;
  /** The `mmApiKey`. It is sent to the base URL's origin and nowhere else. */
  readonly apiKey: string;
  /** The longest wait for one complete answer, in milliseconds. */
  readonly requestTimeoutMs: number;
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
  /** The last check before a request is sent. Returns the reason to hold the request back, or undefined to send it. */
  readonly reasonToHold: (request: Outgoing) => Promise<string | undefined>;
}

/** A request that is about to be sent. */
export interface Outgoing {
  readonly call: "start" | "abort";
  readonly journeyId: string;
  readonly body: { readonly email?: string; readonly [field: string]: unknown };
}

/** What happened to one request on the wire. */
export type Exchange =
  | Answered
  /** There was a reason to hold it back. */
  | { readonly kind: "held"; readonly reason: string }
  /** The connection was never established, so the vendor cannot have seen the request. */
  | { readonly kind: "notSent"; readonly reason: string }
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

// A server may close an idle connection at the moment it is reused. A start would then count as unconfirmed although it
// was never read. A new connection for each request avoids that.
const httpAgent = new http.Agent({ keepAlive: false });
// Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot turn it off.
const httpsAgent = new https.Agent({ keepAlive: false, rejectUnauthorized: true });

/**
 * Posts JSON once and reports what happened. It never retries. A request that fails is reported, never thrown: axios
 * errors carry the request's headers, and so the key.
 *
 * @throws What `reasonToHold` throws. Nothing was sent then.
 */
export async function post(connection: Connection, request: Outgoing, permit: Permit): Promise<Exchange> {
  const reason = await connection.reasonToHold(request);
  if (reason !== undefined) return { kind: "held", reason };

  const { call, journeyId, body } = request;
  const url = new URL(`${connection.baseUrl}/hooks/${call}/${encodeURIComponent(journeyId)}`);
  const watch = watchConnection(url.protocol === "https:", permit);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), connection.requestTimeoutMs);
  try {
    const response = await axios.request<string>({
      method: "POST",
      url: url.href,
      data: JSON.stringify(body),
      headers: { mmApiKey: connection.apiKey, "Content-Type": "application/json", Accept: "application/json" },
      signal: deadline.signal,
      responseType: "text",
      transformResponse: (text: string) => text,
      maxContentLength: MAX_ANSWER_BYTES,
      // A followed redirect would send the key to another server.
      maxRedirects: 0,
      validateStatus: () => true,
      // Over https a proxy sees only a tunnel. Plain http is for this machine only, and no proxy must see the key.
      ...(url.protocol === "http:" ? { proxy: false as const } : {}),
      httpAgent,
      httpsAgent,
      transport: watch.transport,
    });
    const { "retry-after": retryAfter, date } = response.headers as Record<string, unknown>;
    return {
      kind: "answered",
      status: response.status,
      text: response.data,
      ...(typeof retryAfter === "string" ? { retryAfter } : {}),
      ...(typeof date === "string" ? { date } : {}),
    };
  } catch (error) {
    return {
      kind: watch.connected() ? "noAnswer" : "notSent",
      reason: deadline.signal.aborted
        ? `no answer within ${connection.requestTimeoutMs / 1000} s`
        : reasonFor(error, url.host),
    };
  } finally {
    clearTimeout(timer);
  }
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

function reasonFor(error: unknown, host: string): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  switch (code) {
    case "ECONNREFUSED":
      return `${host} refused the connection`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name ${host} could not be resolved`;
    case "ECONNRESET":
    case "EPIPE":
      return `${host} closed the connection`;
    case "ERR_BAD_RESPONSE":
      return `the answer from ${host} was cut off or larger than 1 MiB`;
    default:
      return code === undefined ? `the request to ${host} failed` : `the request to ${host} failed (${code})`;
  }
}
