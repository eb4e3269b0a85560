import { jsonObject } from "../../text/jsonObject";
import { mayBeEcho } from "../../mailmodo/echo";
import { REDIRECTS } from "../../mailmodo/errors";
import { wordsOf } from "../../mailmodo/outcomeErrors";
import { ENVELOPE, type Outcome } from "../../mailmodo/outcome";
import { strangerIn } from "../../mailmodo/stranger";
import type { Answered, Exchange } from "../../mailmodo/transport";
import { STARTS, type Situation } from "./situations";

/** What came back in one situation, and what the provider makes of it. */
export interface Observation {
  readonly situation: Situation;
  readonly call: "start" | "abort";
  readonly exchange: Exchange;
  readonly outcome: Outcome;
  /** Whether the provider takes the refusal of an abort for the word that there is nothing left to abort. */
  readonly isOver: boolean;
}

export type Observations = ReadonlyMap<Situation, Observation>;

/** The call that a situation is asked with. */
export function callOf(situation: Situation): Observation["call"] {
  return STARTS.includes(situation) ? "start" : "abort";
}

/** Whether a call was answered 429 to its end: how Mailmodo answers it otherwise was not seen. */
export function wasSlowedDown({ situation, outcome }: Observation): boolean {
  return situation !== "slowDown" && outcome.kind === "slowDown" && outcome.status === 429;
}

/** The complete answer, if there was one. */
export function answerOf(observation: Observation | undefined): Answered | undefined {
  return observation?.exchange.kind === "answered" ? observation.exchange : undefined;
}

export function isAccepted(observation: Observation | undefined): boolean {
  return observation?.outcome.kind === "accepted";
}

export function isRefused(observation: Observation | undefined): boolean {
  return observation?.outcome.kind === "refused";
}

/** Whether Mailmodo said no itself. A firewall or a proxy may say no after it has passed the request on. */
export function isRefusedByMailmodo({ outcome }: Observation): boolean {
  return outcome.kind === "refused" && (outcome.stranger?.isJson !== false || REDIRECTS.includes(outcome.status));
}

/** Whether the refusal of a start may mean that the address is in the journey already. */
export function saysItRuns({ outcome }: Observation): boolean {
  return outcome.kind === "refused" && outcome.isEnvelope && mayBeEcho({ ...outcome, message: wordsOf(outcome) });
}

/** The id of the instance that a start was answered with. */
export function instanceOf(observation: Observation | undefined): string | undefined {
  return observation?.outcome.kind === "accepted" ? observation.outcome.instanceId : undefined;
}

/** How many instances may run before the first abort by address. */
export function runningBeforeAbortByAddress(all: Observations): number {
  const ids = new Set(STARTS.flatMap((name) => instanceOf(all.get(name)) ?? []));
  return ids.size - (isAccepted(all.get("abort")) ? 1 : 0);
}

/** The refusals to abort what runs. Their words never mean that it is over. */
export function refusalsOfRunning(all: Observations): Observation[] {
  const byAddress = runningBeforeAbortByAddress(all) > 0 ? all.get("abortAddress") : undefined;
  return [all.get("abort"), byAddress].filter((one) => one !== undefined && isRefused(one)) as Observation[];
}

/** What was said, as the provider quotes it. It may hold an address. */
export function foreignWords({ outcome, exchange }: Observation): string {
  if ("message" in outcome) return wordsOf(outcome);
  if ("reason" in outcome) return outcome.reason;
  const said = exchange.kind === "answered" ? jsonObject(exchange.text)?.["message"] : undefined;
  return typeof said === "string" ? said : "";
}

/** Whether a proxy or a gateway answered in Mailmodo's place: by a redirect, or by its own word that it has no answer. */
export function isOfGateway(observation: Observation): boolean {
  const answer = answerOf(observation);
  if (answer === undefined) return false;
  const { status, text } = answer;
  if (status >= 300 && status < 400) return true;
  const isOwn = strangerIn(status, text, jsonObject(text), ENVELOPE.isOwn) === undefined;
  return !isOwn && [502, 503, 504].includes(status);
}

/** The form of an answer. */
export function formOf({ status, text }: Answered): string {
  if (text.trim() === "") return "empty";
  const answer = jsonObject(text);
  const stranger = strangerIn(status, text, answer, ENVELOPE.isOwn);
  if (stranger !== undefined) return stranger.isPage ? "a web page" : stranger.isJson ? "other JSON" : "text";
  const ref = typeof answer?.["ref"] === "string" ? ", ref" : "";
  const success = answer?.["success"];
  return `success: ${typeof success === "boolean" ? success : `a ${typeof success}`}${ref}`;
}
