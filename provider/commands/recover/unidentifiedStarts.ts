import type { AbortRequest } from "../../mailmodo/client";
import { LATE_EFFECT_MS, mayTakeEffectForMs } from "../../mailmodo/lateEffect";
import type { Enrollment } from "../../model/enrollment";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import type { Ended, Entry } from "../../pulumi/stateResource";
import { describeEnrollment } from "../../text/wording";
import type { Aborts } from "./aborts";
import type { NextCommands } from "./nextCommands";

/** What is known beyond the records of the state and the notes. */
export interface Known {
  /** Whether every note that may be the stack's was read. Default: true. */
  readonly areNotesComplete?: boolean;
  /**
   * Whether a person has looked at Mailmodo, and says that nothing runs but the instances whose ids the state records.
   * Default: false.
   */
  readonly nothingElseRuns?: boolean;
  /** Whether the state has a pending update, which a destroy would drop. Default: false. */
  readonly hasPendingUpdates?: boolean;
  /** How long after it was sent a start may take effect, in milliseconds. Default: a minute. */
  readonly lateEffectMs?: number | undefined;
}

/** When a killed run sent an abort by address that may take effect yet. Undefined if it did not. */
type MayBeAborted = Pick<AbortRequest, "abortSentAt">;

/** Where the state tells of a start. */
export interface PendingStart {
  /** The URN of the resource that a pending operation starts. */
  readonly urn: string;
  /** Recorded instances that do not count as running, because a pending operation may have ended them. */
  readonly notRunning: ReadonlySet<string>;
}

/**
 * Settles starts whose instance id is not known. They can be aborted by address only, which would stop a recorded
 * enrollment of the address too.
 */
export class UnidentifiedStarts {
  /** @param ended Enrollments that the state records and that have ended. It may grow. */
  constructor(
    private readonly index: RecordedIndex,
    private readonly ended: Ended,
    private readonly aborts: Aborts,
    private readonly next: NextCommands,
    private readonly log: (line: string) => void,
    private readonly known: Known,
  ) {}

  /**
   * Aborts a start by address, if nothing else runs for it.
   *
   * @param pending Set if a pending operation tells of the start. Then its state cannot be written before that is settled.
   *   Default: only a note tells of it.
   * @returns "ended": nothing runs for the address. "left": what runs for it is recorded. "open": it is not settled.
   */
  async abort(start: Enrollment & MayBeAborted, pending?: PendingStart): Promise<"ended" | "left" | "open"> {
    const running = this.index.stillRunningFor(start, this.ended, pending?.notRunning);
    if (running.length === 0) return (await this.aborts.abort(start)) ? "ended" : "open";
    const what = describeEnrollment(start);
    const problems = pending === undefined ? this.aborts.undecided : this.aborts.problems;
    const advice =
      this.known.hasPendingUpdates === true ? adviceToLookFirst(this.next) : adviceToLookOrDestroy(this.next);
    if (this.known.nothingElseRuns === true) {
      if (
        pending !== undefined ||
        mayTakeEffectForMs({ ...start, sentAt: start.startSentAt }, this.known.lateEffectMs) === 0
      ) {
        this.log(`Left ${what} alone: you say that nothing runs but what the state records.`);
        return "left";
      }
      problems.push(
        `The start of ${what} may still take effect. Wait a minute, look at Mailmodo again, and ${this.next.again()}.`,
      );
      return "open";
    }
    if ([start, ...running].some(({ allowDuplicateEmail }) => allowDuplicateEmail)) {
      problems.push(
        `A start of ${what} may have happened, and another, recorded enrollment runs for the address: aborting by address would ` +
          `stop both. ${advice}`,
      );
      return "open";
    }
    const isRecordedLater = pending === undefined ? this.isBefore(start, running) : hasUrn(running, pending.urn);
    if (this.known.areNotesComplete === false || !isRecordedLater) {
      problems.push(
        `Whether the state records the start of ${what} or another one, which may have ended, cannot be told. ${advice}`,
      );
      return "open";
    }
    // Mailmodo would not have started the recorded one while the other one was running.
    this.log(`Left ${what} alone: it has been started again, and the state records that.`);
    return "left";
  }

  /**
   * Whether a recorded start was sent so much later that the noted one could no longer take effect. If not, it may have
   * taken effect once the recorded one had ended, of which a note in another home may tell.
   */
  private isBefore({ startSentAt: noted }: Enrollment, recorded: readonly Entry[]): boolean {
    const { lateEffectMs = LATE_EFFECT_MS } = this.known;
    return noted !== undefined && recorded.some(({ startSentAt = 0 }) => startSentAt - noted >= lateEffectMs);
  }
}

/** Another run drops a pending update, which may be the only trace of the start. */
export function adviceToLookFirst(next: NextCommands): string {
  return `Do not run Pulumi before this is settled. ${adviceToLook(next)}`;
}

function adviceToLookOrDestroy(next: NextCommands): string {
  const { destroy, again, preview } = next;
  const recovering = preview === undefined ? `, and ${again()} before the stack is removed` : "";
  return `${adviceToLook(next)} Or run ${destroy}${recovering}.`;
}

function adviceToLook({ again }: NextCommands): string {
  return `Check the journey in Mailmodo, abort there each instance whose id the state does not record, and ${again("--nothing-else-runs")}.`;
}

/**
 * A pending create and a record with the same URN: the record is of a later run, which has kept the pending operation.
 * The record of another resource may be older: of one that was renamed, or from which a contact was moved.
 */
function hasUrn(recorded: readonly Entry[], urn: string): boolean {
  return recorded.some((entry) => entry.urn === urn && entry.isReplaced !== true);
}
