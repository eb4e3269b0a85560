import { randomUUID } from "node:crypto";
import type { Caller, Request, Result } from "./caller";
import { MAY_RUN } from "./advice";
import {
  instanceOf,
  isAccepted,
  isRefused,
  isRefusedByMailmodo,
  saysItRuns,
  runningBeforeAbortByAddress,
  type Observation,
} from "./observation";
import type { Seen } from "./profileNames";
import type { Sent } from "./privateText";
import { SITUATIONS, STARTS, type Situation } from "./situations";
import type { Started } from "./started";

/** What the probe asks for. */
export interface Target {
  readonly journeyId: string;
  readonly email: string;
  /** Whether the third start makes a second instance, in place of a start after an abort. */
  readonly secondInstance: boolean;
}

/** An invented key. It opens nothing, and is unlike any real one. */
export const INVENTED_KEY = "NOTAKEY-0000000-0000000-0000000";
const INVALID_EMAIL = "not-an-address";

/** Asks Mailmodo in one situation after the other, as far as each can be had. */
export class ProbeRun implements Seen {
  readonly observations = new Map<Situation, Observation>();
  abortByAddress: "all" | "last" | undefined;
  private readonly instanceIds: string[] = [];
  private readonly unknownJourneyId = randomUUID();

  /** @param log Receives the progress, one line at a time. */
  constructor(
    private readonly caller: Caller,
    private readonly started: Started,
    private readonly target: Target,
    private readonly log: (line: string) => void,
  ) {}

  /** What was sent and may come back, without the key. */
  get sent(): Omit<Sent, "keys"> {
    const { target, unknownJourneyId, instanceIds } = this;
    return {
      emails: [target.email, INVALID_EMAIL],
      journeyIds: [target.journeyId, unknownJourneyId],
      instanceIds,
    };
  }

  /** @throws {Error} A call had no complete answer, or whether a start took effect is not known. */
  async run(): Promise<void> {
    await this.abort("wrongKey", { instanceId: this.unknownInstance() }, { apiKey: INVENTED_KEY });
    const first = await this.start("start");
    if (first !== undefined) await this.askWhileItRuns(first);
    await this.abort("abortUnknown", { instanceId: this.unknownInstance() });
    // What it is answered with says something only if nothing of the first start's runs any more.
    if (isAccepted(this.observations.get("abort"))) await this.start("startAfterAbort");
    // Without a start of its own, it would end what others started for the address.
    if (isAccepted(this.observations.get("start"))) await this.askByAddress();
    if (first !== undefined && !this.observations.has("abortEnded") && this.hasEndedByAddress(first))
      await this.abort("abortEnded", { instanceId: first });
    await this.abort("invalidEmail", { email: INVALID_EMAIL });
    await this.abort("unknownJourney", { instanceId: this.unknownInstance() }, { journeyId: this.unknownJourneyId });
  }

  private async askWhileItRuns(first: string): Promise<void> {
    await this.start("secondStart");
    if (!this.target.secondInstance) {
      const abort = await this.abort("abort", { instanceId: first });
      if (isAccepted(abort)) await this.abort("abortEnded", { instanceId: first });
    } else if (isRefused(this.observations.get("secondStart"))) {
      await this.start("otherStart", true);
    }
  }

  /** Aborts by address, and finds out whether that ends all instances or one, if more than one runs. */
  private async askByAddress(): Promise<void> {
    const { email } = this.target;
    const older = this.olderOfTwo();
    const running = runningBeforeAbortByAddress(this.observations);
    const isAlone = this.started.count === 1;
    const first = await this.abort("abortAddress", { email });
    if (isAlone && isAccepted(first)) this.started.markEnded();
    if (older === undefined || !isAccepted(first)) {
      const hasNone = running === 0 || (running === 1 && isAccepted(first));
      if (hasNone) await this.abort("abortAddressNone", { email });
    } else if (isAccepted(this.observations.get("abortUnknown"))) {
      await this.askOlder(older);
      await this.abort("abortAddressNone", { email });
    } else {
      const again = await this.abort("abortAddressNone", { email });
      if (isAccepted(again)) {
        this.observe({ ...again, situation: "abortAddressAgain" });
        await this.abort("abortAddressNone", { email });
      }
      if (isRefused(this.observations.get("abortAddressNone")))
        this.abortByAddress = isAccepted(again) ? "last" : "all";
    }
    if (this.abortByAddress !== undefined) this.started.markEnded();
  }

  /** The id of the older instance, if two are known to run. */
  private olderOfTwo(): string | undefined {
    const abort = this.observations.get("abort");
    const [older, newer] = this.started.instanceIds;
    return newer === undefined || (abort !== undefined && !isAccepted(abort)) ? undefined : older;
  }

  /** Where an abort that finds nothing succeeds too, only an abort by id may tell whether the older one still ran. */
  private async askOlder(instanceId: string): Promise<void> {
    const first = await this.abort("abortEnded", { instanceId }, {}, false);
    if (isRefused(first)) {
      this.abortByAddress = "all";
      this.observe(first);
      return;
    }
    if (!this.observations.has("abortEnded")) await this.abort("abortEnded", { instanceId });
    if (isRefused(this.observations.get("abortEnded"))) this.abortByAddress = "last";
  }

  /** Whether an abort by address has certainly ended it. */
  private hasEndedByAddress(instanceId: string): boolean {
    if (!isAccepted(this.observations.get("abortAddress"))) return false;
    return this.abortByAddress !== undefined || this.started.instanceIds.every((id) => id === instanceId);
  }

  /** Sends a start, and returns the id of its instance, if it has one. */
  private async start(situation: Situation, allowDuplicateEmail = false): Promise<string | undefined> {
    const { email } = this.target;
    this.started.announceStart();
    const observation = await this.send(situation, { email, data: {}, allowDuplicateEmail });
    return instanceOf(observation);
  }

  /** @param isKept Whether the answer is that in the situation. Default: true. */
  private abort(
    situation: Situation,
    body: Request["body"],
    more: Partial<Request> = {},
    isKept = true,
  ): Promise<Observation> {
    return this.send(situation, { ...body, reason: "probe" }, more, isKept);
  }

  private async send(
    situation: Situation,
    body: Request["body"],
    more: Partial<Request> = {},
    isKept = true,
  ): Promise<Observation> {
    const result = await this.caller.send(situation, { journeyId: this.target.journeyId, body, ...more });
    const { observation, slowedDown } = result;
    this.keepBooks(result, body);
    if (isKept) this.observations.set(situation, observation);
    if (slowedDown !== undefined) this.observe(slowedDown);
    const id = instanceOf(observation);
    if (observation.exchange.kind !== "held")
      this.log(`Asked: ${SITUATIONS[situation]}${id === undefined ? "" : `, instance ${id}`}.`);
    if (situation === "start" && saysItRuns(observation)) this.log(MAY_RUN);
    this.throwIfUnclear(result);
    return observation;
  }

  /** Keeps the first answer in a situation. */
  private observe(observation: Observation): void {
    if (!this.observations.has(observation.situation)) this.observations.set(observation.situation, observation);
  }

  private keepBooks({ observation, sentAt }: Result, { instanceId }: Request["body"]): void {
    const { call, outcome, isOver } = observation;
    const isDone = outcome.kind === "accepted" || isOver;
    if (call === "start") this.started.settleStart();
    if (call === "abort" && instanceId !== undefined && isDone) this.started.remove(instanceId);
    if (call === "abort" || sentAt === undefined || outcome.kind === "keyRefused") return;
    if (isRefusedByMailmodo(observation) || (outcome.kind === "slowDown" && outcome.status === 429)) return;
    const id = instanceOf(observation);
    this.started.add(id, sentAt);
    if (id !== undefined) this.instanceIds.push(id);
  }

  private throwIfUnclear({ observation, error }: Result): void {
    const { exchange, outcome, situation } = observation;
    if (exchange.kind !== "answered" || (outcome.kind === "slowDown" && outcome.status === 429)) throw error();
    if (!STARTS.includes(situation) || isRefusedByMailmodo(observation)) return;
    // A start without an id is clear only where nothing else runs.
    if (outcome.kind === "accepted" && (situation === "start" || outcome.instanceId !== undefined)) return;
    throw error();
  }

  private unknownInstance(): string {
    const id = randomUUID();
    this.instanceIds.push(id);
    return id;
  }
}
