import type { Answer } from "./answer";
import { ContactCalls, type ContactInput } from "./contactCalls";
import { suppressionOf } from "./contact";
import type { Effect, LateCall } from "./effects";
import type { Profile, Refusal } from "./profile";
import type { Store } from "./store";
import { SUCCESS } from "./vendorCall";

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

/** The vendor's calls: what those for journeys do, and what they come to. */
export class Calls {
  private readonly contacts: ContactCalls;

  constructor(
    private readonly store: Store,
    private readonly profile: () => Profile,
  ) {
    this.contacts = new ContactCalls(store, profile);
  }

  start(journeyId: string, { email, data = {}, allowDuplicateEmail = false }: StartBody): Answer {
    const { instances, contacts } = this.store;
    const { start: refusal, suppressed, duplicate, duplicateMeans, duplicateEnded, started } = this.profile();
    if (refusal !== undefined) return { refusal };
    if (suppressed !== "accepted" && suppressionOf(contacts.get(email)) !== undefined) return { refusal: suppressed };
    if (!allowDuplicateEmail && duplicate !== "accepted") {
      const earlier =
        duplicateMeans === "ever"
          ? instances.byAddress.firstStarted(journeyId, email)
          : instances.byAddress.firstRunning(journeyId, email);
      if (earlier !== undefined) {
        const isRunning = instances.byAddress.firstRunning(journeyId, email) !== undefined;
        const said = isRunning ? duplicate : (duplicateEnded ?? duplicate);
        return { refusal: said, ref: earlier.instanceId, instanceId: earlier.instanceId };
      }
    }
    const also = this.contactEffects(email, data);
    const { instanceId } = instances.start(journeyId, email, data, allowDuplicateEmail, also);
    return { message: SUCCESS.start, ref: instanceId, instanceId, reply: started };
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

  /** Lets a call act, now or late. */
  act({ call, journeyId = "", body }: LateCall): Answer {
    if (call === "start") return this.start(journeyId, body as StartBody);
    return call === "abort" ? this.abort(journeyId, body as AbortBody) : this.contacts.act(call, body as ContactInput);
  }

  /** What a start makes of the address's contact. */
  private contactEffects(email: string, data: Record<string, unknown>): Effect[] {
    const { startContact, addArchived } = this.profile();
    const known = this.store.contacts.get(email);
    const isForGood = known?.archived === true && addArchived !== "revives";
    if (startContact === "none" || isForGood) return [];
    if (startContact === "creates" && known?.archived === false) return [];
    const changed = startContact === "updates" ? { data: { ...known?.data, ...data } } : {};
    return this.store.contactEffects([{ email, archived: false, ...changed }], "start");
  }

  private abortInstance(journeyId: string, instanceId: string, reason: string | undefined): Answer {
    const { abortEnded, abortUnknown } = this.profile();
    const instance = this.store.instances.find(journeyId, instanceId);
    if (instance === undefined) return this.answerOf(abortUnknown);
    const { email } = instance;
    if (instance.status !== "running") return { ...this.answerOf(abortEnded), instanceId, email };
    this.store.instances.abort(instance, reason);
    return { ...this.answerOf("success"), instanceId, email };
  }

  private abortAddress(journeyId: string, email: string, reason: string | undefined): Answer {
    const {
      abortByAddress,
      abortUnknown,
      addressUnknown = abortUnknown,
      aborted,
      addressAborted = aborted,
    } = this.profile();
    const running = this.store.instances.byAddress.running(journeyId, email);
    const last = running.at(-1);
    if (last === undefined) return this.answerOf(addressUnknown, addressAborted);
    this.store.instances.abort(abortByAddress === "all" ? running : last, reason);
    return { ...this.answerOf("success", addressAborted), instanceId: last.instanceId };
  }

  private answerOf(answer: Refusal | "success", reply = this.profile().aborted): Answer {
    return answer === "success" ? { message: SUCCESS.abort, reply } : { refusal: answer };
  }
}
