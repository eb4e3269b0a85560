import type { InstanceDetail, LoggedRequest, Mail } from "../../api";
import { callOf, wasRefused } from "./requestRows";

type MailHead = InstanceDetail["mails"][number];

/** One entry of an enrollment's timeline. */
export type Entry = { readonly at: number } & (
  | { readonly kind: "request"; readonly title: string; readonly request: LoggedRequest }
  | { readonly kind: "started" }
  | { readonly kind: "mail"; readonly mail: Pick<Mail, "id" | "step" | "subject" | "deliveredTo" | "problem"> }
  | { readonly kind: "due"; readonly step: number; readonly subject: string }
  | { readonly kind: "aborted"; readonly reason: string | undefined }
  | { readonly kind: "finished" }
);

/** All that happened to an enrollment and is still to happen, in order. */
export function timelineOf({ instance, requests, mails, due }: InstanceDetail): Entry[] {
  const entries: Entry[] = [
    ...requestsOf(instance, requests),
    { kind: "started", at: Date.parse(instance.startedAt) },
    ...mails.map((mail: MailHead): Entry => ({ kind: "mail", at: Date.parse(mail.at), mail })),
    ...endOf(instance),
    ...due.map(({ at, step, subject }): Entry => ({ kind: "due", at: Date.parse(at), step, subject })),
  ];
  // What is still to come is last, even if the clock was moved past it and its delivery takes a while.
  const isDue = ({ kind }: Entry) => Number(kind === "due");
  return entries.sort((a, b) => isDue(a) - isDue(b) || a.at - b.at || rank(a) - rank(b));
}

/** A request is logged with its answer, after what it did: the one that started or ended the enrollment came before that. */
function requestsOf({ startedAt, endedAt }: InstanceDetail["instance"], requests: readonly LoggedRequest[]): Entry[] {
  const effects = new Map([
    ["start", startedAt],
    ["abort", endedAt],
  ]);
  return requests.map((request): Entry => {
    const call = callOf(request.path);
    const effect = wasRefused(request) ? undefined : effects.get(call);
    if (effect !== undefined) effects.delete(call);
    const at = Math.min(Date.parse(request.at), Date.parse(effect ?? request.at));
    return { kind: "request", at, title: titleOf(request), request };
  });
}

function endOf({ status, endedAt, abortReason }: InstanceDetail["instance"]): Entry[] {
  if (status === "running" || endedAt === undefined) return [];
  const at = Date.parse(endedAt);
  return [status === "aborted" ? { kind: "aborted", at, reason: abortReason } : { kind: "finished", at }];
}

function titleOf(request: LoggedRequest): string {
  const call = { start: "Start", abort: "Abort", contact: "Request", other: "Request" }[callOf(request.path)];
  return wasRefused(request) && request.fault === undefined ? `${call} refused` : `${call} requested`;
}

/** The order of what happened in the same millisecond: a request comes before what it does. */
function rank(entry: Entry): number {
  if (entry.kind === "request") return callOf(entry.request.path) === "abort" ? 3 : 0;
  return { started: 1, mail: 2, aborted: 4, finished: 4, due: 5 }[entry.kind];
}
