import type { LoggedRequest } from "../../state/requestLog";
import type { Compare, Keyed, Matches } from "./table";

export type Call = "start" | "abort" | "other";

/** One line of the request log. */
export interface RequestRow extends Keyed {
  readonly key: number;
  readonly request: LoggedRequest;
  readonly call: Call;
  readonly at: number;
  /** What the search looks at, in lower case. */
  readonly text: string;
}

/** A larger body is searched in its beginning only, so that a log of large ones does not fill the memory. */
const SEARCHED_LENGTH = 2000;

export function requestRow(request: LoggedRequest): RequestRow {
  const { id, at, method, path, status, fault, body, answer, durationMs } = request;
  const searched = [body, answer].map((value) => (value === undefined ? "" : JSON.stringify(value)));
  return {
    key: id,
    // It is sent again when its answer has left or broken off, and its time has grown by then.
    revision: durationMs,
    request,
    call: callOf(path),
    at: Date.parse(at),
    text: [method, path, status, fault, ...searched.map((text) => text.slice(0, SEARCHED_LENGTH))]
      .join("\n")
      .toLowerCase(),
  };
}

export function callOf(path: string): Call {
  if (path.startsWith("/hooks/start/")) return "start";
  return path.startsWith("/hooks/abort/") ? "abort" : "other";
}

/** The latest first. */
export const compareRequests: Compare<RequestRow> = (a, b) => b.key - a.key;

/** The rows that fit the query's call, status class, fault and search. */
export function requestMatches(query: Readonly<Record<string, string>>): Matches<RequestRow> {
  const { call, status, fault, q } = query;
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return ({ call: own, request, text }) =>
    (call === undefined || own === call) &&
    (status === undefined || statusClass(request.status) === status) &&
    (fault === undefined || (fault === "any" ? request.fault !== undefined : request.fault === fault)) &&
    words.every((word) => text.includes(word));
}

/** `2xx` to `5xx`, and `none` for a request that got no answer. */
export function statusClass(status: number): string {
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : "none";
}

/** What a call came to. The vendor refuses with status 200 too, so the status alone does not tell. */
export function wasRefused({ status, answer }: Pick<LoggedRequest, "status" | "answer">): boolean {
  const success = typeof answer === "object" && answer !== null && "success" in answer ? answer.success : undefined;
  return status >= 400 || success === false;
}
