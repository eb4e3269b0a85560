import { abortJourney, type AbortRequest } from "../../mailmodo/client";
import { rememberSent } from "../../mailmodo/lateEffect";
import type { Connection } from "../../mailmodo/transport";
import { describeEnrollment } from "../../text/wording";
import { MAX_STARTS } from "./situations";

/** A start that took effect, or may have. */
interface Start {
  /** Undefined if the id was not learned. */
  readonly instanceId: string | undefined;
  /** When it was sent, in milliseconds since 1970. Undefined until its call has come to something. */
  readonly startSentAt?: number;
  /** Whether an abort by address has ended it. Its abort by id only makes sure. */
  readonly hasEnded?: true;
}

/** What the probe has started and not yet ended. */
export class Started {
  private starts: Start[] = [];
  private inFlight: Start | undefined;
  private sent = 0;

  constructor(
    readonly journeyId: string,
    readonly email: string,
  ) {}

  /** How many may run. */
  get count(): number {
    return this.starts.length;
  }

  /** The ids of what runs, the oldest first, as far as they were learned. */
  get instanceIds(): string[] {
    return this.starts.flatMap(({ instanceId }) => instanceId ?? []);
  }

  /**
   * Call it before a start is sent: it may run from then on, and a signal may come before its answer.
   *
   * @throws {Error} It would be one too many.
   */
  announceStart(): void {
    this.sent += 1;
    if (this.sent > MAX_STARTS) throw new Error(`The probe sends no more than ${MAX_STARTS} starts.`);
    this.inFlight = { instanceId: undefined };
    this.starts.push(this.inFlight);
  }

  /** Call it when the announced start has come to something. Add it if it may run. */
  settleStart(): void {
    this.starts = this.starts.filter((start) => start !== this.inFlight);
    this.inFlight = undefined;
  }

  /** @param sentAt When it was sent, by `performance.now`. */
  add(instanceId: string | undefined, sentAt: number): void {
    const { journeyId, email } = this;
    if (instanceId !== undefined && this.instanceIds.includes(instanceId)) return;
    this.starts.push({ instanceId, startSentAt: rememberSent({ journeyId, email }, sentAt) });
  }

  remove(instanceId: string): void {
    this.starts = this.starts.filter((start) => start.instanceId !== instanceId);
  }

  /** Call it when an abort by address was accepted that ended all whose ids are known. */
  markEnded(): void {
    this.starts = this.starts.map((start) => (start.instanceId === undefined ? start : { ...start, hasEnded: true }));
  }

  /**
   * Aborts all that may run: by instance id, and by address where the id was not learned.
   *
   * @param connect Makes a connection for one abort, with a deadline of its own.
   * @returns What could not be ended, one line each.
   */
  async endAll(connect: () => Connection): Promise<string[]> {
    const { journeyId, email } = this;
    const lines: string[] = [];
    if (this.inFlight !== undefined) {
      // Its call broke off, and may have sent it right before.
      this.settleStart();
      this.add(undefined, performance.now());
    }
    // An abort by address may end one of those whose ids are known, if these still run.
    const byId = this.starts.filter(({ instanceId }) => instanceId !== undefined);
    const byAddress = this.starts.filter(({ instanceId }) => instanceId === undefined);
    for (const start of [...byId, ...byAddress]) {
      const request: AbortRequest = { journeyId, email, ...start, reason: "end of a probe", outlastsDeadline: true };
      try {
        await abortJourney(connect(), request);
        this.starts = this.starts.filter((one) => one !== start);
      } catch (error) {
        if (start.hasEnded) continue;
        lines.push(`${(error as Error).message} ${this.whatToDo(start)}`);
      }
    }
    return lines;
  }

  /** One line for each start that may run. */
  get left(): string[] {
    return this.starts.filter(({ hasEnded }) => !hasEnded).map((start) => this.whatToDo(start));
  }

  private whatToDo({ instanceId }: Start): string {
    const which = instanceId === undefined ? "" : ` (instance ${instanceId})`;
    return `It may still run, and send mail: ${describeEnrollment(this)}${which}. End it in Mailmodo.`;
  }
}
