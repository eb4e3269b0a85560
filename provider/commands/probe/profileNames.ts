import { answerOf, foreignWords, instanceOf, isAccepted, isRefused, type Observations } from "./observation";
import type { Situation } from "./situations";

/** What the names of the sandbox's profiles are found by. */
export interface Seen {
  readonly observations: Observations;
  /** Which instances an abort by address ended. Undefined if that was not seen. */
  readonly abortByAddress: "all" | "last" | undefined;
}

/**
 * The names of the sandbox's profiles that answer so, as far as was seen: each changes one answer, and `default` changes
 * none. The number in the name of a limit is not seen, as the probe never provokes one.
 *
 * @param isComplete Whether Mailmodo answered all that was to be asked. Otherwise `default` is never concluded.
 */
export function profileNames(seen: Seen, isComplete: boolean): string[] {
  const names = RULES.flatMap((rule) => rule(seen));
  return names.length === 0 && isComplete ? ["default"] : names;
}

const RULES: readonly ((seen: Seen) => string[])[] = [
  keyNames,
  refusedStartNames,
  duplicateNames,
  (seen) => abortNames(seen, "abortEnded", "ended"),
  (seen) => abortNames(seen, "abortUnknown", "unknown"),
  ({ abortByAddress }) => (abortByAddress === "last" ? ["abort-last"] : []),
  limitNames,
];

function keyNames({ observations }: Seen): string[] {
  const key = observations.get("wrongKey");
  const status = answerOf(key)?.status;
  if (status === 401) return [/\bapi[ _-]?key\b|\bmmapikey\b/i.test(foreignWords(key!)) ? "key-401" : "key-401-bare"];
  return status === 200 && !isAccepted(key) ? ["key-200"] : [];
}

/** Why every start may be refused. */
const REASONS = [
  ["suppressed", /suppress|unsubscrib|block/i],
  ["paused", /paus/i],
  ["quota", /quota|limit/i],
] as const;

function refusedStartNames({ observations }: Seen): string[] {
  const start = observations.get("start");
  const status = answerOf(start)?.status;
  if (start === undefined || !isRefused(start) || (status !== 200 && status !== 400)) return [];
  return REASONS.filter(([, words]) => words.test(foreignWords(start))).map(([name]) => `${name}-${status}`);
}

function duplicateNames({ observations }: Seen): string[] {
  const [second, after] = [observations.get("secondStart"), observations.get("startAfterAbort")];
  if (isAccepted(second))
    return instanceOf(second) === instanceOf(observations.get("start")) ? [] : ["duplicate-accepted"];
  const { status, text = "" } = answerOf(second) ?? {};
  const ref = /"ref"\s*:\s*"/.test(text) ? "-ref" : "";
  const isEver = isRefused(after);
  if (isEver && status === 200 && ref !== "") return ["duplicate-ever-200-ref"];
  const isNamed = isRefused(second) && (status === 200 || (status === 400 && ref !== ""));
  return [...(isNamed ? [`duplicate-${status}${ref}`] : []), ...(isEver ? ["duplicate-ever"] : [])];
}

function abortNames({ observations }: Seen, situation: Situation, prefix: string): string[] {
  const observation = observations.get(situation);
  const status = answerOf(observation)?.status;
  if (isAccepted(observation)) return [`${prefix}-success`];
  return status === 200 || status === 404 ? [`${prefix}-${status}`] : [];
}

function limitNames({ observations }: Seen): string[] {
  const answer = answerOf(observations.get("slowDown"));
  if (answer === undefined) return [];
  const { status, retryAfter } = answer;
  const form = retryAfter === undefined ? "" : /^\s*\d+\s*$/.test(retryAfter) ? "-seconds" : "-date";
  return [`limit-*-${status}${status === 429 ? form : ""}`];
}
