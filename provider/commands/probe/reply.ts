import { isDeepStrictEqual } from "node:util";
import type { Answered } from "../../mailmodo/transport";
import { answerOf, instanceOf, type Observation, type Observations } from "./observation";
import type { PrivateText } from "./privateText";

/** An answer in a profile file: see `sandbox/profile.schema.json`. */
export interface Reply {
  readonly status: number;
  readonly message?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withRef?: boolean;
}

/** Writes answers as the sandbox reads them. */
export class Replies {
  constructor(
    private readonly all: Observations,
    private readonly text: PrivateText,
  ) {}

  /** The answer to a call that took effect. Undefined if none was accepted. */
  success(observation: Observation | undefined): Reply | undefined {
    return observation?.outcome.kind === "accepted" ? this.replyOf(observation, true) : undefined;
  }

  /** The answer to a call that did nothing, whatever it says. Undefined if there was none. */
  refusal(observation: Observation | undefined): Reply | undefined {
    return observation === undefined ? undefined : this.replyOf(observation, false);
  }

  /** Mailmodo's envelope is written as its message, all else as it came. */
  private replyOf(observation: Observation, isSuccess: boolean): Reply | undefined {
    const answer = answerOf(observation);
    if (answer === undefined) return undefined;
    const form = { status: answer.status, ...headersOf(observation, answer) };
    const json = jsonOf(answer.text);
    if (json === undefined || isDeep(json.value)) {
      const isPage = answer.text.trimStart().startsWith("<");
      const contentType = json !== undefined ? "application/json" : isPage ? "text/html" : undefined;
      return { ...form, text: this.text.of(answer.text), ...(contentType === undefined ? {} : { contentType }) };
    }
    const envelope = this.envelopeOf(observation, json.value, isSuccess);
    return { ...form, ...(envelope ?? { body: this.text.ofJson(json.value) }) };
  }

  private envelopeOf(
    { call, situation, outcome }: Observation,
    value: unknown,
    isSuccess: boolean,
  ): { message: string; withRef?: true } | undefined {
    const { message, ref, ...others } = (value ?? {}) as Record<string, unknown>;
    if (typeof message !== "string" || message === "") return undefined;
    const status = call === "abort" && !isSuccess ? { status: "error" } : {};
    if (!isDeepStrictEqual(others, { success: isSuccess, ...status })) return undefined;
    const own = { message: this.text.of(message) };
    if (isSuccess && call === "start")
      return outcome.kind === "accepted" && ref !== undefined && ref === outcome.instanceId ? own : undefined;
    if (ref === undefined) return own;
    const isDuplicate = situation === "secondStart" || situation === "startAfterAbort";
    return isDuplicate && ref === instanceOf(this.all.get("start")) ? { ...own, withRef: true } : undefined;
  }
}

/** How long to wait after a 503: in seconds, as a date would be past when it is played. */
function headersOf({ outcome }: Observation, { status, retryAfter }: Answered): Pick<Reply, "headers"> {
  if (status !== 503 || retryAfter === undefined) return {};
  const waitMs = /\D/.test(retryAfter) && "retryAfterMs" in outcome ? outcome.retryAfterMs : undefined;
  return { headers: { "Retry-After": waitMs === undefined ? retryAfter : String(Math.ceil(waitMs / 1000)) } };
}

function jsonOf(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Whether a value has lists and objects below so many others that writing it as JSON could overflow the stack. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return false;
}

const MAX_DEPTH = 100;
