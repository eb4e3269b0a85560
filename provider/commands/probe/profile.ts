import { isDeepStrictEqual } from "node:util";
import { answerOf, instanceOf, isAccepted, type Observation, type Observations } from "./observation";
import type { Seen } from "./profileNames";
import type { Replies, Reply } from "./reply";

/** The content of a profile file. What was not seen is left out. */
export type Profile = Readonly<Record<string, unknown>>;

/**
 * What `mailmodo-sandbox --profile-file` needs to answer as Mailmodo did.
 *
 * @param journeyId The journey that is known.
 * @param perSecond The plan's limit, as the settings have it. It is not seen, as the probe never provokes it.
 */
export function profileFrom(seen: Seen, replies: Replies, journeyId: string, perSecond: number): Profile {
  const { observations: all, abortByAddress } = seen;
  return withoutUndefined({
    $schema: "node_modules/mailmodo-sandbox/profile.schema.json",
    wrongKey: replies.refusal(all.get("wrongKey")),
    ...startFields(all, replies),
    ...abortFields(all, replies, journeyId),
    abortByAddress,
    invalidEmail: replies.refusal(all.get("invalidEmail")),
    limit: limitOf(all.get("slowDown"), replies, perSecond),
  });
}

function startFields(all: Observations, replies: Replies): Profile {
  const [start, second, after] = [all.get("start"), all.get("secondStart"), all.get("startAfterAbort")];
  if (!isAccepted(start)) return { start: replies.refusal(start) };
  const isAnother = isAccepted(second) && instanceOf(second) !== instanceOf(start);
  const duplicate = isAnother ? "accepted" : replies.refusal(second);
  const means = isAnother || after === undefined ? undefined : isAccepted(after) ? "running" : "ever";
  const ended = means === "ever" ? replies.refusal(after) : undefined;
  return {
    started: replies.success(start),
    duplicate,
    duplicateMeans: means,
    duplicateEnded: isDeepStrictEqual(ended, duplicate) ? undefined : ended,
  };
}

function abortFields(all: Observations, replies: Replies, journeyId: string): Profile {
  const addressAborted = replies.success(all.get("abortAddress"));
  const aborted =
    replies.success(all.get("abort")) ??
    addressAborted ??
    replies.success(all.get("abortUnknown")) ??
    replies.success(all.get("unknownJourney"));
  /** "success" where it is answered as an abort that took effect. */
  const orSuccess = (observation: Observation | undefined, success: Reply | undefined) => {
    const isSame = isAccepted(observation) && isDeepStrictEqual(replies.success(observation), success);
    return isSame ? "success" : replies.refusal(observation);
  };
  const abortUnknown = orSuccess(all.get("abortUnknown"), aborted);
  const addressUnknown = orSuccess(all.get("abortAddressNone"), addressAborted ?? aborted);
  const isAsUnknown = isDeepStrictEqual(orSuccess(all.get("unknownJourney"), aborted), abortUnknown);
  const unknownJourney = isAsUnknown ? undefined : replies.refusal(all.get("unknownJourney"));
  return {
    aborted,
    addressAborted: isDeepStrictEqual(addressAborted, aborted) ? undefined : addressAborted,
    abortEnded: orSuccess(all.get("abortEnded"), aborted),
    abortUnknown,
    addressUnknown: isDeepStrictEqual(addressUnknown, abortUnknown) ? undefined : addressUnknown,
    unknownJourney,
    journeys: unknownJourney === undefined ? undefined : [journeyId],
  };
}

function limitOf(observation: Observation | undefined, replies: Replies, perSecond: number): object | undefined {
  const answer = answerOf(observation);
  if (answer === undefined) return undefined;
  const { retryAfter } = answer;
  const form = retryAfter === undefined ? {} : { retryAfter: /^\s*\d+\s*$/.test(retryAfter) ? "seconds" : "date" };
  return { perSecond, ...replies.refusal(observation), ...form };
}

function withoutUndefined(fields: Record<string, unknown>): Profile {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
