import { oneLine } from "../../text/masking";
import { quoted, shellWord } from "../../text/shellWord";
import {
  answerOf,
  foreignWords,
  formOf,
  instanceOf,
  isOfGateway,
  wasSlowedDown,
  type Observation,
} from "./observation";
import { judgementOf, type Judgement } from "./judgement";
import { profileNames } from "./profileNames";
import type { PrivateText } from "./privateText";
import { profileFrom, type Profile } from "./profile";
import type { ProbeRun, Target } from "./probeRun";
import { Replies } from "./reply";
import { SITUATIONS, type Situation } from "./situations";
import { unplayable } from "./unplayable";

/** What came back in one situation. */
export interface Row {
  /** The situation's name, which stays the same whatever the words for it. */
  readonly name: Situation;
  readonly situation: string;
  readonly status?: number;
  /** The form of the answer. */
  readonly form?: string;
  /** Mailmodo's words, with placeholders for ids and the address. */
  readonly words?: string;
  /** What the provider makes of it. */
  readonly outcome?: string;
  readonly verdict: Judgement["verdict"] | "not asked";
  readonly note?: string;
}

/** What `--json` prints. */
export interface ProbeResult {
  readonly rows: readonly Row[];
  /** The names of the sandbox's profiles that answer so. None if too little was seen to name one. */
  readonly profiles: readonly string[];
  readonly abortByAddress: "all" | "last" | "not seen";
  /** The command that fixes what the provider does not understand. */
  readonly command?: string;
  /** The content of the profile file. */
  readonly profile: Profile;
  /** What no profile can make the sandbox answer, one phrase each. There is no file then. */
  readonly unplayable: readonly string[];
  /** The file that it is written to. */
  readonly file?: string;
  /** What the probe started and could not end, one line each, with what to do. */
  readonly mayStillRun: readonly string[];
}

/** What a result is made with. */
export interface ResultContext {
  readonly target: Target;
  readonly text: PrivateText;
  readonly stack?: string | undefined;
  /** The phrases that are set already. */
  readonly alreadyOver: readonly string[];
  readonly requestsPerSecond: number;
  /** Whether all was asked that can be. */
  readonly isComplete: boolean;
  readonly mayStillRun: readonly string[];
}

/** Puts together what a run has seen. */
export function resultOf(run: ProbeRun, context: ResultContext): ProbeResult {
  const { target, text, requestsPerSecond } = context;
  const all = [...run.observations];
  const isOfMailmodo = (one: Observation) => answerOf(one) !== undefined && !isOfGateway(one) && !wasSlowedDown(one);
  const ofMailmodo = new Map(all.filter(([, one]) => isOfMailmodo(one)));
  const seen = { observations: ofMailmodo, abortByAddress: run.abortByAddress };
  const replies = new Replies(ofMailmodo, text);
  const profile = profileFrom(seen, replies, target.journeyId, Math.max(1, requestsPerSecond));
  const isComplete = context.isComplete && ofMailmodo.size === all.length;
  const judged = new Map(all.map(([situation, one]) => [situation, judgementOf(one, run.observations, text)]));
  const situations = (Object.keys(SITUATIONS) as Situation[]).filter((name) => isShown(name, run, target));
  const command = commandFor([...judged.values()], context);
  return {
    rows: situations.map((name) => rowOf(name, run.observations.get(name), judged.get(name), text)),
    profiles: profileNames(seen, isComplete),
    abortByAddress: run.abortByAddress ?? "not seen",
    ...(command === undefined ? {} : { command }),
    profile,
    unplayable: unplayable(profile, ofMailmodo, replies, run.sent.instanceIds),
    mayStillRun: context.mayStillRun,
  };
}

/** What is not asked by choice, or only came by itself, has no row. */
function isShown(situation: Situation, run: ProbeRun, { secondInstance }: Target): boolean {
  if (run.observations.has(situation)) return true;
  const never: readonly Situation[] = secondInstance
    ? ["startAfterAbort", "abort", "abortAddressAgain", "slowDown"]
    : ["otherStart", "abortAddressAgain", "slowDown"];
  return !never.includes(situation);
}

function rowOf(
  name: Situation,
  observation: Observation | undefined,
  judgement: Judgement | undefined,
  text: PrivateText,
): Row {
  const situation = SITUATIONS[name];
  if (observation === undefined || judgement === undefined) return { name, situation, verdict: "not asked" };
  const answer = answerOf(observation);
  return {
    name,
    situation,
    ...(answer === undefined ? {} : { status: answer.status, form: formOf(answer) }),
    words: oneLine(text.of(foreignWords(observation))),
    outcome: outcomeText(observation),
    verdict: judgement.verdict,
    ...(judgement.verdict === "setting" ? { note: "set mailmodo:alreadyOver" } : noteOf(judgement)),
  };
}

function noteOf(judgement: Exclude<Judgement, { verdict: "setting" }>): { note?: string } {
  return judgement.note === undefined ? {} : { note: judgement.note };
}

function outcomeText(observation: Observation): string {
  const { call, outcome, isOver } = observation;
  switch (outcome.kind) {
    case "accepted":
      if (call === "abort") return "aborted";
      return instanceOf(observation) === undefined ? "unconfirmed: no instance id" : "started";
    case "refused":
      return isOver ? "already over" : "refused";
    case "keyRefused":
      return "key refused";
    case "slowDown":
      return outcome.retryAfterMs === undefined ? "waits" : `waits ${Math.ceil(outcome.retryAfterMs / 1000)} s`;
    case "notSent":
      return "not sent";
    case "held":
      return "held back";
    case "unconfirmed":
      return "unconfirmed";
  }
}

function commandFor(judgements: readonly Judgement[], { stack, alreadyOver }: ResultContext): string | undefined {
  const phrases = judgements.flatMap((one) => (one.verdict === "setting" ? one.phrase : []));
  if (phrases.length === 0) return undefined;
  const list = JSON.stringify([...new Set([...alreadyOver, ...phrases])]);
  const option = stack === undefined ? "" : `--stack ${shellWord(stack)} `;
  return `pulumi config set ${option}mailmodo:alreadyOver ${quoted(list)}`;
}
