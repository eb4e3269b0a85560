import type { LoggedRequest } from "../../api";
import { searchFor, type Compare, type Keyed, type Matches } from "./table";

export type Call = "start" | "abort" | "contact" | "other";

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
  if (path.startsWith("/hooks/abort/")) return "abort";
  return path.startsWith("/api/v1/") ? "contact" : "other";
}

/** The latest first. */
export const compareRequests: Compare<RequestRow> = (a, b) => b.key - a.key;

/** The rows that fit the query's call, status class, fault and search. */
export function requestMatches(query: Readonly<Record<string, string>>): Matches<RequestRow> {
  const { call, status, fault, q } = query;
  const isFound = searchFor(q);
  return ({ call: own, request, text }) =>
    (call === undefined || own === call) &&
    (status === undefined || statusClass(request) === status) &&
    (fault === undefined || (fault === "any" ? request.fault !== undefined : request.fault === fault)) &&
    isFound(text);
}

/** `2xx` to `5xx`, and `none` for a request that got no answer. */
function statusClass(request: Pick<LoggedRequest, "status" | "fault">): string {
  return isUnanswered(request) ? "none" : `${Math.floor(request.status / 100)}xx`;
}

/** Whether a fault took the answer's place. Its status is then the one that the client would have seen. */
export function isUnanswered({ status, fault }: Pick<LoggedRequest, "status" | "fault">): boolean {
  // `late` answers with a gateway's status, or not at all.
  return ["reset-before", "reset-after", "hang"].includes(fault ?? "") || (fault === "late" && status < 400);
}

/** The address that a call names, also in its query, or, where an abort names the instance alone, that. */
export function subjectOf({ path, body, email: ofCut }: Pick<LoggedRequest, "path" | "body" | "email">): string {
  if (ofCut !== undefined) return ofCut;
  if (typeof body !== "object" || body === null)
    return new URLSearchParams(path.split("?", 2)[1] ?? "").get("email") ?? "";
  const { email, instanceId } = body as Record<string, unknown>;
  return [email, instanceId].find((value) => typeof value === "string") ?? "";
}

/** Whether a call was refused. The vendor refuses with status 200 too, so the status alone does not tell. */
export function wasRefused({ status, answer }: Pick<LoggedRequest, "status" | "answer">): boolean {
  const success = typeof answer === "object" && answer !== null && "success" in answer ? answer.success : undefined;
  return status >= 400 || success === false;
}
