import { mayBeEcho } from "../../mailmodo/echo";
import { wordsOf } from "../../mailmodo/outcomeErrors";
import {
  answerOf,
  instanceOf,
  isOfGateway,
  refusalsOfRunning,
  saysItRuns,
  type Observation,
  type Observations,
} from "./observation";
import { phraseFor } from "./phrase";
import type { PrivateText } from "./privateText";
import type { Situation } from "./situations";

/** Whether what the provider makes of an answer is right; and if not, what to do. */
export type Judgement =
  | { readonly verdict: "right"; readonly note?: string }
  /** The journey, the contact or the key needs fixing. */
  | { readonly verdict: "fix"; readonly note: string }
  /** `phrase` in `mailmodo:alreadyOver` fixes it. */
  | { readonly verdict: "setting"; readonly phrase: string }
  | { readonly verdict: "defect"; readonly note: string }
  /** There was no complete answer. */
  | { readonly verdict: "failed"; readonly note: string };

/** Judges what the provider makes of an answer, by what the situation is known to be. */
export function judgementOf(observation: Observation, all: Observations, text: PrivateText): Judgement {
  const { exchange, outcome, situation } = observation;
  if (exchange.kind !== "answered") return { verdict: "failed", note: "no complete answer: run it again" };
  if (isOfGateway(observation))
    return { verdict: "fix", note: "Mailmodo did not answer itself: check --base-url or the proxy" };
  if (outcome.kind === "unconfirmed") return defect("an answer that says neither yes nor no");
  if (outcome.kind === "slowDown") return slowDown(observation);
  if (outcome.kind === "keyRefused" && situation !== "wrongKey")
    return situation === "start"
      ? { verdict: "fix", note: "Mailmodo refuses your key: set another" }
      : defect("the provider takes this for the refusal of the key");
  return RULES[situation](observation, all, text);
}

type Rule = (observation: Observation, all: Observations, text: PrivateText) => Judgement;

const RIGHT: Judgement = { verdict: "right" };

const RULES: Record<Situation, Rule> = {
  wrongKey: ({ outcome: { kind } }) => {
    if (kind === "keyRefused") return RIGHT;
    return defect(
      kind === "accepted" ? "Mailmodo took an invented key" : "the provider does not see that the key is why",
    );
  },
  start: (observation) => {
    if (instanceOf(observation) !== undefined) return RIGHT;
    if (saysItRuns(observation))
      return {
        verdict: "fix",
        note: "a journey may run that the probe did not start: end it in Mailmodo, and probe again",
      };
    return observation.outcome.kind === "refused"
      ? { verdict: "fix", note: "correct what Mailmodo names, or name another journey or address, and probe again" }
      : defect("no instance id came back");
  },
  secondStart: (observation, all) => {
    const id = instanceOf(observation);
    if (observation.outcome.kind === "accepted" && (id === undefined || id === instanceOf(all.get("start"))))
      return defect("the provider takes this for an instance of its own");
    return id === undefined
      ? echo(observation)
      : right("it starts another: an address in two stacks gets everything twice");
  },
  otherStart: (observation) => accepted(observation, "with allowDuplicateEmail there can be no second instance"),
  abort: (observation) => accepted(observation),
  abortEnded: over,
  abortUnknown: over,
  startAfterAbort: (observation) => {
    if (instanceOf(observation) !== undefined) return RIGHT;
    if (observation.outcome.kind === "accepted") return defect("no instance id came back");
    const judgement = echo(observation);
    return judgement.verdict === "right"
      ? right("an address can be enrolled once, ever: a replace and a second up fail")
      : judgement;
  },
  abortAddress: (observation, all, text) =>
    refusalsOfRunning(all).includes(observation) && !observation.isOver
      ? accepted(observation)
      : over(observation, all, text),
  abortAddressAgain: over,
  abortAddressNone: over,
  // The provider checks every address before it sends it.
  invalidEmail: () => RIGHT,
  // An abort of what never was is done, whatever the journey.
  unknownJourney: () => RIGHT,
  slowDown,
};

function right(note: string): Judgement {
  return { verdict: "right", note };
}

function defect(note: string): Judgement {
  return { verdict: "defect", note };
}

/** A refused start for what runs already must be known for that: it may be the echo of a start that took effect. */
function echo({ outcome }: Observation): Judgement {
  if (outcome.kind !== "refused") return RIGHT;
  const isEcho = mayBeEcho({ status: outcome.status, message: wordsOf(outcome) });
  return isEcho ? RIGHT : defect("the provider does not see that the address is enrolled already");
}

function accepted(observation: Observation, note = "Mailmodo refused to abort what runs"): Judgement {
  if (observation.outcome.kind !== "accepted") return { verdict: "fix", note };
  const isWithoutId = observation.call === "start" && instanceOf(observation) === undefined;
  return isWithoutId ? defect("no instance id came back") : RIGHT;
}

/** An abort that has nothing to abort must count as done. */
function over(observation: Observation, all: Observations, text: PrivateText): Judgement {
  if (observation.outcome.kind === "accepted" || observation.isOver) return RIGHT;
  const others = (["wrongKey", "start", "secondStart", "invalidEmail"] as const).map((name) => all.get(name));
  const phrase = phraseFor(observation, [...others, ...refusalsOfRunning(all)], text);
  return phrase === undefined
    ? defect("the provider does not see that there is nothing to abort, and no phrase says only that")
    : { verdict: "setting", phrase };
}

function slowDown(observation: Observation): Judgement {
  const { outcome } = observation;
  const asked = answerOf(observation)?.retryAfter;
  if (outcome.kind === "slowDown" && asked !== undefined && outcome.retryAfterMs === undefined)
    return defect("the provider cannot read Retry-After");
  return outcome.kind === "slowDown" && outcome.status === 429
    ? right("it came by itself: others use the key too")
    : defect("a 503: run it again later, and report it if it comes each time");
}
