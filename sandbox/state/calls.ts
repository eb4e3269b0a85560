import type { LateCall } from "./effects";
import type { Profile, Refusal, Reply } from "./profiles";
import type { Store } from "./store";

/** What a start is sent with. */
export interface StartBody {
  readonly email: string;
  readonly data?: Record<string, unknown>;
  readonly allowDuplicateEmail?: boolean;
}

/** What an abort is sent with. */
export interface AbortBody {
  readonly email?: string;
  readonly instanceId?: string;
  readonly reason?: string;
}

/**
 * The answer to a call. `ref` is the instance that the call started, or the one that is already running; `instanceId` is
 * the one that it concerned, for the log. `reply` is what is sent in place of the message.
 */
export type Answer =
  | {
      readonly message: string;
      readonly ref?: string;
      readonly instanceId?: string;
      readonly reply?: Reply | undefined;
      readonly refusal?: undefined;
    }
  | { readonly refusal: Refusal; readonly ref?: string; readonly instanceId?: string };

/** The vendor's two calls: what they do, and what they come to. */
export class Calls {
  constructor(
    private readonly store: Store,
    private readonly profile: () => Profile,
  ) {}

  start(journeyId: string, { email, data = {}, allowDuplicateEmail = false }: StartBody): Answer {
    const { instances } = this.store;
    const { start: refusal, duplicate, duplicateMeans, duplicateEnded, started } = this.profile();
    if (refusal !== undefined) return { refusal };
    if (!allowDuplicateEmail && duplicate !== "accepted") {
      const earlier =
        duplicateMeans === "ever"
          ? instances.startedFor(journeyId, email)[0]
          : instances.firstRunning(journeyId, email);
      if (earlier !== undefined) {
        const isRunning = instances.firstRunning(journeyId, email) !== undefined;
        const said = isRunning ? duplicate : (duplicateEnded ?? duplicate);
        return { refusal: said, ref: earlier.instanceId, instanceId: earlier.instanceId };
      }
    }
    const { instanceId } = instances.start(journeyId, email, data, allowDuplicateEmail);
    return { message: "journey Executed", ref: instanceId, instanceId, reply: started };
  }

  abort(journeyId: string, { email, instanceId, reason }: AbortBody): Answer {
    // The vendor's contract states this only in prose: "Either email or the instanceId should be provided".
    if ((email === undefined) === (instanceId === undefined)) {
      return { refusal: { status: 400, message: "Either email or the instanceId should be provided" } };
    }
    return instanceId === undefined
      ? this.abortAddress(journeyId, email ?? "", reason)
      : this.abortInstance(journeyId, instanceId, reason);
  }

  /** Lets a late call act. */
  act({ call, journeyId, body }: LateCall): Answer {
    return call === "start" ? this.start(journeyId, body as StartBody) : this.abort(journeyId, body as AbortBody);
  }

  private abortInstance(journeyId: string, instanceId: string, reason: string | undefined): Answer {
    const { abortEnded, abortUnknown } = this.profile();
    const instance = this.store.instances.find(journeyId, instanceId);
    if (instance === undefined) return this.answerOf(abortUnknown);
    if (instance.status !== "running") return { ...this.answerOf(abortEnded), instanceId };
    this.store.instances.abort(instance, reason);
    return { ...this.answerOf("success"), instanceId };
  }

  private abortAddress(journeyId: string, email: string, reason: string | undefined): Answer {
    const {
      abortByAddress,
      abortUnknown,
      addressUnknown = abortUnknown,
      aborted,
      addressAborted = aborted,
    } = this.profile();
    const running = this.store.instances.running(journeyId, email);
    const last = running.at(-1);
    if (last === undefined) return this.answerOf(addressUnknown, addressAborted);
    this.store.instances.abort(abortByAddress === "all" ? running : last, reason);
    return { ...this.answerOf("success", addressAborted), instanceId: last.instanceId };
  }

  private answerOf(answer: Refusal | "success", reply = this.profile().aborted): Answer {
    return answer === "success" ? { message: "journey aborted", reply } : { refusal: answer };
  }
}
