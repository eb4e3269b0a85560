import { isDeepStrictEqual } from "node:util";
import { answerOf, instanceOf, type Observation, type Observations } from "./observation";
import type { PrivateText } from "./privateText";

/** An answer in a profile file: see `sandbox/profile.schema.json`. */
export interface Reply {
  readonly status: number;
  readonly message?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly contentType?: string;
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
    const { status } = answer;
    const json = jsonOf(answer.text);
    if (json === undefined) {
      const isPage = answer.text.trimStart().startsWith("<");
      return { status, text: this.text.of(answer.text), ...(isPage ? { contentType: "text/html" } : {}) };
    }
    const envelope = this.envelopeOf(observation, json.value, isSuccess);
    return { status, ...(envelope ?? { body: this.text.ofJson(json.value) }) };
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

function jsonOf(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
