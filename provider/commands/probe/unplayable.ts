import { isDeepStrictEqual } from "node:util";
import type { Observation, Observations } from "./observation";
import type { Profile } from "./profile";
import type { Replies, Reply } from "./reply";
import { SITUATIONS, STARTS, type Situation } from "./situations";

/**
 * What a profile cannot make the sandbox answer as Mailmodo did, one phrase each: the sandbox would refuse the file, or
 * answer something else. The sandbox is not asked, as this package does not need it. What is here repeats its
 * `profile.schema.json` and what it does with a profile; a test lets it read what is written, and probes it.
 *
 * @param instanceIds The ids that were sent or came back.
 */
export function unplayable(
  profile: Profile,
  all: Observations,
  replies: Replies,
  instanceIds: readonly string[],
): string[] {
  const playing = new Playing(profile, all);
  const phrases = [...all.values()].flatMap((observation) => {
    const { situation } = observation;
    const { reply, isSuccess } = playing.playedIn(situation);
    const problem = isAsSeen(observation, { reply, isSuccess }, replies)
      ? reasonNotToPlay(reply, playing.unknownIn(situation))
      : "no profile has such an answer there";
    return problem === undefined ? [] : `the answer to ${SITUATIONS[situation]} (${problem})`;
  });
  const isOfOtherIds = instanceIds.some((id) => !UUID.test(id)) && JSON.stringify(profile).includes(INSTANCE_ID);
  return [...phrases, ...(isOfOtherIds ? ["words with an instance id that is not a UUID"] : [])];
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const INSTANCE_ID = "{{instanceId}}";
const EMAIL = "{{email}}";

interface Played {
  readonly reply: Reply | undefined;
  /** Whether it is played to a call that takes effect. */
  readonly isSuccess: boolean;
}

function isAsSeen(observation: Observation, { reply, isSuccess }: Played, replies: Replies): boolean {
  if (observation.situation === "slowDown") return true;
  const seen = isSuccess ? replies.success(observation) : replies.refusal(observation);
  return seen !== undefined && isDeepStrictEqual(reply, seen);
}

/** @param unknown The placeholders that nothing is known for. */
function reasonNotToPlay(reply: Reply | undefined, unknown: readonly string[]): string | undefined {
  if (reply === undefined) return undefined;
  const { status, headers = {} } = reply;
  if (status < 200 || status > 599) return `status ${status}`;
  if (!/^[\t\x20-\x7e]*$/.test(Object.values(headers).join(""))) return "a header that is not plain text";
  const text = JSON.stringify(reply);
  const named = unknown.find((placeholder) => text.includes(placeholder));
  return named === undefined ? undefined : `it has ${named}, which the sandbox does not know there`;
}

/** What the sandbox answers under a profile, and what it knows of a call. */
class Playing {
  constructor(
    private readonly profile: Profile,
    private readonly all: Observations,
  ) {}

  playedIn(situation: Situation): Played {
    const { profile } = this;
    switch (situation) {
      case "wrongKey":
      case "invalidEmail":
        return this.orSuccess(profile[situation]);
      case "slowDown":
        return this.orSuccess(profile["limit"]);
      case "start":
        return profile["start"] === undefined ? this.started : this.orSuccess(profile["start"]);
      case "secondStart":
        return profile["duplicate"] === "accepted" ? this.started : this.orSuccess(profile["duplicate"]);
      case "otherStart":
        return this.started;
      case "startAfterAbort":
        return profile["duplicateMeans"] === "ever"
          ? this.orSuccess(profile["duplicateEnded"] ?? profile["duplicate"])
          : this.started;
      case "abort":
        return this.orSuccess("success");
      case "abortEnded":
      case "abortUnknown":
        return this.orSuccess(profile[situation]);
      case "unknownJourney":
        return this.orSuccess(profile["unknownJourney"] ?? profile["abortUnknown"]);
      case "abortAddress":
        return this.isRunningBeforeAbortByAddress ? this.orSuccess("success", "addressAborted") : this.addressNone;
      case "abortAddressAgain":
        return this.orSuccess("success", "addressAborted");
      case "abortAddressNone":
        return this.addressNone;
    }
  }

  /** The placeholders that the sandbox knows nothing for. */
  unknownIn(situation: Situation): string[] {
    const isOfNone = situation === "abortAddress" && !this.isRunningBeforeAbortByAddress;
    if (isOfNone || ["start", "slowDown", "invalidEmail", "abortAddressNone"].includes(situation))
      // Nothing is wrong with a start that takes effect.
      return situation === "start" && this.profile["start"] === undefined ? [] : [INSTANCE_ID];
    return ["wrongKey", "abortUnknown", "unknownJourney"].includes(situation) ? [EMAIL] : [];
  }

  /** @param successField The answer to a call that takes effect, if it has one of its own. */
  private orSuccess(field: unknown, successField = "aborted"): Played {
    if (field !== "success") return { reply: field as Reply | undefined, isSuccess: false };
    return { reply: (this.profile[successField] ?? this.profile["aborted"]) as Reply | undefined, isSuccess: true };
  }

  private get started(): Played {
    return { reply: this.profile["started"] as Reply | undefined, isSuccess: true };
  }

  private get addressNone(): Played {
    return this.orSuccess(this.profile["addressUnknown"] ?? this.profile["abortUnknown"], "addressAborted");
  }

  private get isRunningBeforeAbortByAddress(): boolean {
    const starts = STARTS.filter((situation) => this.all.has(situation) && this.playedIn(situation).isSuccess);
    return starts.length > (this.all.has("abort") ? 1 : 0);
  }
}
