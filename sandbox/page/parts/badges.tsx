import type { Instance, LoggedRequest } from "../../api";
import { isUnanswered, wasRefused } from "../model/requestRows";

/** An enrollment's state, in color and in words. */
export function StateBadge({ status, isDoubled }: { status: Instance["status"]; isDoubled: boolean }) {
  return (
    <>
      <span class={`badge ${status}`}>{status}</span>
      {isDoubled && <span class="badge twice">enrolled twice</span>}
    </>
  );
}

/** A request's status. Mailmodo refuses with 200 too, which a number alone would hide. */
export function HttpBadge({ request }: { request: LoggedRequest }) {
  const { status } = request;
  if (isUnanswered(request)) return <span class="badge refused">no answer</span>;
  const isRefused = wasRefused(request);
  return (
    <span class={`badge ${isRefused ? "refused" : "accepted"}`}>
      {status}
      {isRefused && status < 400 ? " refused" : ""}
      {request.fault === "cut" ? " cut off" : ""}
    </span>
  );
}

export function FaultBadge({ fault, isNamed = true }: { fault: string | undefined; isNamed?: boolean }) {
  return fault === undefined ? null : <span class="badge fault">{isNamed ? `fault: ${fault}` : fault}</span>;
}
