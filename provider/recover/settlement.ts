import { markOf } from "../addresses";
import { atATime } from "../atATime";
import type { Enrollment } from "../enrollment";
import type { UnsettledCall } from "../journal/unsettledCalls";
import { abortJourney } from "../mailmodo/client";
import { RefusedError, UnconfirmedError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import type { Deployment } from "./deployment";
import type { OtherStacks } from "./otherStacks";
import { attemptsOf, entriesOf, isOurs, type Attempt, type Entry, type Recorded } from "./recorded";
import type { RecordedIndex } from "./recordedIndex";
import { count, describe } from "./words";

/** Settles what killed runs may have done to a stack's enrollments: nothing of it is written before all is settled. */
export class Settlement {
  /** Enrollments that ran or may have run, and surely do not any more. */
  aborted = 0;
  /** What a person must look at, one line each. */
  readonly problems: string[] = [];
  /** What cannot be decided, and what nothing in the state depends on. */
  readonly undecided: string[] = [];
  /** Enrollments that the state records and that surely ended. */
  readonly ended = new Map<string, Set<string>>();
  /** Calls whose notes are of no use any more. */
  readonly settled: UnsettledCall[] = [];
  private nothingLeft = 0;

  /** @param connect Gives each abort a connection, with a time of its own. */
  constructor(
    private readonly index: RecordedIndex,
    private readonly others: OtherStacks,
    private readonly connect: () => Promise<Connection>,
    private readonly log: (line: string) => void,
  ) {}

  /** Settles what notes tell of. */
  async settleCalls(calls: readonly UnsettledCall[]): Promise<void> {
    // Aborts first: what they ended is then not taken for what a start left running.
    for (const kind of ["abort", "start"] as const) {
      await atATime(
        calls.filter(({ call }) => call === kind),
        async (call) => {
          if (await (kind === "abort" ? this.settleAbort(call) : this.settleStart(call))) this.settled.push(call);
        },
      );
    }
  }

  /** Settles what the state tells of: operations that were begun. @returns How many of them are this package's. */
  async settlePending({ resources = [], pending_operations: pending = [], manifest }: Deployment): Promise<number> {
    const ours = pending.filter(({ resource }) => isOurs(resource));
    // A start that no note tells of was sent after the operation was recorded, which is as much as the state knows.
    const startSentAt = Date.parse(manifest?.time ?? "") || undefined;
    const settledStarts = new Set(this.settled.filter(({ call }) => call === "start").map(markOf));
    for (const { type, resource } of ours) {
      if (type === "deleting")
        await atATime(entriesOf({ ...resource, pendingReplacement: false }), (entry) => this.endEntry(entry));
      if (type !== "creating" && type !== "updating") continue;
      const recorded = type === "updating" ? recordOf(resource, resources) : undefined;
      await atATime(attemptsOf(resource, recorded), (attempt) =>
        this.settleAttempt(attempt, settledStarts, startSentAt),
      );
    }
    return ours.length;
  }

  /** One line for all aborts that had nothing to abort. */
  conclude(): void {
    if (this.nothingLeft === 0) return;
    this.log(`Nothing was left to abort for ${count(this.nothingLeft, "start or abort", "starts or aborts")}.`);
  }

  private async settleAbort(call: UnsettledCall): Promise<boolean> {
    const entry = this.index.entryOf(call);
    if (entry === undefined && call.instanceId !== undefined) {
      const other = await this.otherStackWith(call, this.undecided);
      // The other stack's own recover settles it.
      if (other !== undefined) return false;
    }
    // An abort by address came before whatever is recorded as started since.
    const isDone = call.confirmed || (call.instanceId === undefined && this.index.isRunning(call, this.ended));
    const isNeeded = call.instanceId === undefined || entry !== undefined;
    if (!isDone && !(await this.abort(call, isNeeded))) return false;
    if (entry !== undefined) this.end(entry);
    return true;
  }

  private async settleStart(call: UnsettledCall): Promise<boolean> {
    if (this.index.entryOf(call) !== undefined) return true;
    if (call.instanceId === undefined) return this.abortStart(call);
    const other = await this.otherStackWith(call);
    return other === undefined ? this.abort(call) : other !== UNKNOWN_STACK;
  }

  private async settleAttempt(
    { start, ended }: Attempt,
    settledStarts: ReadonlySet<string>,
    sentAt: number | undefined,
  ) {
    if (start === undefined) return this.isEnded(ended) ? undefined : this.endEntry(ended);
    // A note has told of the start already.
    const isSettled = settledStarts.has(markOf(start));
    if (
      (isSettled || (await this.abortStart({ ...start, startSentAt: start.startSentAt ?? sentAt }, ended))) &&
      ended !== undefined
    )
      this.end(ended);
  }

  private async endEntry(entry: Entry): Promise<void> {
    if (!this.isEnded(entry) && (await this.abort(entry))) this.end(entry);
  }

  /** Whether a start that is recorded nowhere surely does not run any more. */
  private async abortStart(start: Enrollment, ended?: Entry): Promise<boolean> {
    if (!this.index.isRunning(start, this.ended, ended)) return this.abort(start);
    if (!start.allowDuplicateEmail) {
      // Mailmodo would not have started it again while the earlier one ran.
      this.log(`Left ${describe(start)} alone: it was started again since, and that is recorded.`);
      return true;
    }
    this.problems.push(
      `A start of ${describe(start)} may have happened, and another one that is recorded runs for the address: aborting ` +
        "by address would stop both. Look at the journey in Mailmodo; or run pulumi destroy, and recover again before the stack is removed.",
    );
    return false;
  }

  /**
   * Whether the enrollment surely does not run any more. Aborting by address stops whatever runs for the address, so all
   * stacks are asked first.
   *
   * @param isNeeded Whether anything depends on it. An abort of an instance that was taken out of the state since, by hand,
   *   may fail for ever.
   */
  private async abort(enrollment: Enrollment, isNeeded = true): Promise<boolean> {
    const { journeyId, email, instanceId, startSentAt, abortReason: reason } = enrollment;
    if (instanceId === undefined && !(await this.isNobodyElses(enrollment))) return false;
    try {
      const request = { journeyId, email, instanceId, reason, startSentAt };
      const words = await abortJourney(await this.connect(), request);
      if (words === undefined) this.log(`Aborted ${describe(enrollment)}.`);
      else this.nothingLeft += 1;
      this.aborted += 1;
      return true;
    } catch (error) {
      return this.fail(error as Error, isNeeded);
    }
  }

  private fail(error: Error, isNeeded: boolean): boolean {
    const isPassing = error instanceof UnconfirmedError;
    if (isNeeded || !(isPassing || error instanceof RefusedError)) {
      this.problems.push(error.message);
      return false;
    }
    this.log(
      `${error.message} No stack records it, so ${isPassing ? "the next recover tries again" : "it is left at that"}.`,
    );
    return !isPassing;
  }

  private async isNobodyElses(enrollment: Enrollment): Promise<boolean> {
    const other = await this.otherStackWith(enrollment);
    if (other !== undefined && other !== UNKNOWN_STACK) {
      this.problems.push(
        `Whether ${describe(enrollment)} runs is not known, and the stack ${other} enrolls the address too: aborting by ` +
          `address would stop that one. Look at the journey in Mailmodo; or take the address out of ${other} and recover again.`,
      );
    }
    return other === undefined;
  }

  /** Which other stack records it; if that cannot be found out, it is a problem, and nothing must be aborted. */
  private async otherStackWith(enrollment: Enrollment, problems = this.problems) {
    try {
      return await this.others.whichHas(enrollment);
    } catch (error) {
      problems.push(
        `${(error as Error).message} So ${describe(enrollment)} was left alone: whether another stack records it is not known.`,
      );
      return UNKNOWN_STACK;
    }
  }

  private isEnded({ urn, email }: Entry): boolean {
    return this.ended.get(urn)?.has(email) === true;
  }

  private end({ urn, email }: Entry): void {
    this.ended.set(urn, (this.ended.get(urn) ?? new Set()).add(email));
  }
}

const UNKNOWN_STACK = Symbol("a stack that could not be read");

function recordOf({ urn }: Recorded, resources: readonly Recorded[]): Recorded | undefined {
  return resources.find((one) => one.urn === urn && one.pendingReplacement !== true);
}
