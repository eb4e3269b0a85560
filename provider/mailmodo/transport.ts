import axios, { AxiosError } from "axios";
import * as http from "node:http";
import * as https from "node:https";
import type { Deadline } from "./deadline";
import type { Permit, RateLimit } from "./rateLimit";

/** Where to send, with whose key, and for how long to wait. */
export interface Connection {
  /** Origin of the API, with an optional path, without a slash at the end: `https://api.mailmodo.com`. */
  readonly baseUrl: string;
  /** The `mmApiKey`. It is sent to the base URL's origin and nowhere else. */
  readonly apiKey: string;
  /** Longest wait for one whole answer, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** When the operation must be over, with all its attempts and waits. */
  readonly deadline: Deadline;
  /** Gives each request its permit. */
  readonly pace: RateLimit;
  /** How long a start may still take effect after it was sent, in milliseconds. Default: `LATE_EFFECT_MS`. */
  readonly lateEffectMs?: number | undefined;
  /** Phrases by which an abort's refusal says "already over", beside the known ones. */
  readonly alreadyOver?: readonly string[];
  /** The last word before anything is sent: a reason holds the request back. */
  readonly objection: (request: Outgoing) => Promise<string | undefined>;
}

/** What is about to be sent. */
export interface Outgoing {
  readonly call: "start" | "abort";
  readonly journeyId: string;
  readonly body: { readonly email?: string; readonly [field: string]: unknown };
}

/** What came of one request. */
export type Exchange =
  | Answered
  /** An objection held it back. */
  | { readonly kind: "held"; readonly reason: string }
  /** The connection was never made, so the vendor cannot have seen the request. */
  | { readonly kind: "notSent"; readonly reason: string }
  /** The request may have been seen; no whole answer came back. */
  | { readonly kind: "noAnswer"; readonly reason: string };

/** A whole answer, with those of its headers that matter. */
export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly text: string;
  readonly retryAfter?: string;
  /** When it was written, by the server's clock. */
  readonly date?: string;
}

const MAX_ANSWER_BYTES = 1024 * 1024;

// A server may close an idle connection at the moment it is used again; such a start would count as
// unconfirmed although it was never read. A fresh connection for each request has no such moment.
const httpAgent = new http.Agent({ keepAlive: false });
// Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot switch it off.
const httpsAgent = new https.Agent({ keepAlive: false, rejectUnauthorized: true });

/**
 * Posts JSON once and says what came of it. It never throws and never retries, and no axios error leaves it:
 * those carry the request's headers, and with them the key.
 */
export async function post(connection: Connection, request: Outgoing, permit: Permit): Promise<Exchange> {
  const objection = await connection.objection(request);
  if (objection !== undefined) return { kind: "held", reason: objection };

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
      // A redirect would carry the key to wherever it points.
      maxRedirects: 0,
      validateStatus: () => true,
      // Over https a proxy sees a tunnel only; plain http is for this machine, and no proxy must see the key.
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
        : describe(error, url.host),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Tells whether and when the connection (with TLS, its handshake) was up: nothing is written before that. */
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

function describe(error: unknown, host: string): string {
  const code = error instanceof AxiosError || error instanceof Error ? (error as { code?: string }).code : undefined;
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
      return `the answer of ${host} broke off or was larger than 1 MiB`;
    default:
      return code === undefined ? `the request to ${host} failed` : `the request to ${host} failed (${code})`;
  }
}
