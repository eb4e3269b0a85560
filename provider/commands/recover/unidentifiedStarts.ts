import { LATE_EFFECT_MS } from "../../mailmodo/lateEffect";
import type { Enrollment } from "../../model/enrollment";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import type { Ended, Entry } from "../../pulumi/stateResource";
import { describeEnrollment } from "../../text/wording";
import type { Aborts } from "./aborts";

/** What is known beyond the state and the notes. */
export interface Known {
  /** Whether every note that may be the stack's was read. Default: true. */
  readonly areNotesComplete?: boolean;
  /** Whether a person has looked at Mailmodo, and says that nothing runs but what the state records. Default: false. */
  readonly nothingElseRuns?: boolean;
  /** How long after it was sent a start may take effect, in milliseconds. Default: a minute. */
  readonly lateEffectMs?: number | undefined;
}

const LOOK =
  "Check the journey in Mailmodo, abort there what the state does not record, and recover again with --nothing-else-runs.";
export const DESTROY_FIRST = `${LOOK} Or run pulumi destroy, and recover again before the stack is removed.`;
/** Another run drops a pending update, which may be the only trace of the start. */
export const LOOK_THERE = `Do not run Pulumi before this is settled. ${LOOK}`;

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
    private readonly log: (line: string) => void,
    private readonly known: Known,
  ) {}

  /**
   * Aborts, by address, a start whose instance id is not known.
   *
   * @param next What to do if it cannot be aborted.
   * @param notRunning Recorded enrollments that do not count as running: the start may have replaced them. Default: none.
   * @param isNoted Whether only a note tells of the start. Then the state can be written whatever becomes of it.
   * @returns "ended": nothing runs for the address. "left": what runs for it is recorded. "open": it is not settled.
   */
  async abort(
    start: Enrollment,
    next: string,
    { notRunning = [], isNoted = false }: { readonly notRunning?: readonly Entry[]; readonly isNoted?: boolean },
  ): Promise<"ended" | "left" | "open"> {
    const running = this.index.stillRunningFor(start, this.ended, notRunning);
    if (running.length === 0) return (await this.aborts.abort(start)) ? "ended" : "open";
    const what = describeEnrollment(start);
    if (this.known.nothingElseRuns === true) {
      this.log(`Left ${what} alone: you say that nothing runs for the address but what the state records.`);
      return "left";
    }
    if ([start, ...running].some(({ allowDuplicateEmail }) => allowDuplicateEmail)) {
      this.aborts.problems.push(
        `A start of ${what} may have happened, and another, recorded enrollment runs for the address: aborting by address would ` +
          `stop both. ${next}`,
      );
      return "open";
    }
    if (this.known.areNotesComplete === false || (isNoted && !this.isBefore(start, running))) {
      const problems = isNoted ? this.aborts.undecided : this.aborts.problems;
      problems.push(
        `Whether the state records the start of ${what} or another one, which may have ended, cannot be told. ${next}`,
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
