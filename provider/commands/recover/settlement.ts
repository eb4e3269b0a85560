import { markOf } from "../../model/addresses";
import { inParallel } from "../../model/inParallel";
import type { Enrollment } from "../../model/enrollment";
import type { UnsettledCall } from "../../journal/unsettledCalls";
import { UNKNOWN_STACK, type Aborts } from "./aborts";
import type { Deployment } from "../../pulumi/deployment";
import type { Present } from "./present";
import { attemptsOf, entriesOf, isOurs, type Attempt, type Entry, type Recorded } from "../../pulumi/recorded";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import { describe } from "../../text/describe";

/** Settles what killed runs may have done to a stack's enrollments: nothing of it is written before all is settled. */
export class Settlement {
  /** Enrollments that the state records and that surely ended. */
  readonly ended = new Map<string, Set<string>>();
  /** Calls whose notes are of no use any more. */
  readonly settled: UnsettledCall[] = [];

  constructor(
    private readonly index: RecordedIndex,
    readonly aborts: Aborts,
    private readonly present: Pick<Present, "isUnsettled">,
    private readonly log: (line: string) => void,
  ) {}

  /** Settles what notes tell of. */
  async settleCalls(calls: readonly UnsettledCall[]): Promise<void> {
    // Aborts first: what they ended is then not taken for what a start left running.
    for (const kind of ["abort", "start"] as const) {
      await inParallel(
        calls.filter(({ call }) => call === kind),
        async (call) => {
          const isByAddress = call.instanceId === undefined;
          if (isByAddress && !this.present.isUnsettled(call)) return;
          if (await (kind === "abort" ? this.settleAbort(call) : this.settleStart(call))) this.settled.push(call);
        },
      );
    }
  }

  /** Settles what the state tells of: operations that were begun. @returns How many of them are this package's. */
  async settlePending({ resources = [], pending_operations: pending = [], manifest }: Deployment): Promise<number> {
    // Last what can only be aborted by address: whether something else runs for it is then known.
    const isUnlearned = (resource: Recorded) =>
      Number(entriesOf(resource).some(({ instanceId }) => instanceId === undefined));
    const ours = pending
      .filter(({ resource }) => isOurs(resource))
      .sort((a, b) => isUnlearned(a.resource) - isUnlearned(b.resource));
    // A start that no note tells of was sent after the operation was recorded, which is as much as the state knows.
    const startSentAt = Date.parse(manifest?.time ?? "") || undefined;
    const settledStarts = new Set(this.settled.filter(({ call }) => call === "start").map(markOf));
    for (const { type, resource } of ours) {
      if (type === "deleting")
        await inParallel(entriesOf({ ...resource, pendingReplacement: false }), (entry) => this.endEntry(entry));
      if (type !== "creating" && type !== "updating") continue;
      const recorded = type === "updating" ? recordOf(resource, resources) : undefined;
      await inParallel(attemptsOf(resource, recorded), (attempt) =>
        this.settleAttempt(attempt, settledStarts, startSentAt),
      );
    }
    return ours.length;
  }

  private async settleAbort(call: UnsettledCall): Promise<boolean> {
    const entry = this.index.entryOf(call);
    if (entry === undefined && call.instanceId !== undefined) {
      const other = await this.aborts.otherStackWith(call, this.aborts.undecided);
      // The other stack's own recover settles it.
      if (other !== undefined) return false;
    }
    // An abort by address came before whatever is recorded as started since.
    const isDone = call.confirmed || (call.instanceId === undefined && this.index.isRunning(call, this.ended));
    const isNeeded = call.instanceId === undefined || entry !== undefined;
    if (!isDone && !(await this.aborts.abort(call, isNeeded))) return false;
    if (entry !== undefined) this.end(entry);
    return true;
  }

  private async settleStart(call: UnsettledCall): Promise<boolean> {
    if (this.index.entryOf(call) !== undefined) return true;
    if (call.instanceId === undefined) return this.abortStart(call);
    const other = await this.aborts.otherStackWith(call);
    return other === undefined ? this.aborts.abort(call) : other !== UNKNOWN_STACK;
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
    if (this.isEnded(entry)) return;
    // Of one whose instance was never learned, the abort is by address, as that of a start.
    const isOver = entry.instanceId === undefined ? this.abortStart(entry, entry) : this.aborts.abort(entry);
    if (await isOver) this.end(entry);
  }

  /** Whether a start that is recorded nowhere surely does not run any more. */
  private async abortStart(start: Enrollment, ended?: Entry): Promise<boolean> {
    if (!this.index.isRunning(start, this.ended, ended)) return this.aborts.abort(start);
    if (!start.allowDuplicateEmail) {
      // Mailmodo would not have started it again while the earlier one ran.
      this.log(`Left ${describe(start)} alone: it was started again since, and that is recorded.`);
      return true;
    }
    this.aborts.problems.push(
      `A start of ${describe(start)} may have happened, and another one that is recorded runs for the address: aborting ` +
        "by address would stop both. Look at the journey in Mailmodo; or run pulumi destroy, and recover again before the stack is removed.",
    );
    return false;
  }

  private isEnded({ urn, email }: Entry): boolean {
    return this.ended.get(urn)?.has(email) === true;
  }

  private end({ urn, email }: Entry): void {
    this.ended.set(urn, (this.ended.get(urn) ?? new Set()).add(email));
  }
}

function recordOf({ urn }: Recorded, resources: readonly Recorded[]): Recorded | undefined {
  return resources.find((one) => one.urn === urn && one.pendingReplacement !== true);
}
