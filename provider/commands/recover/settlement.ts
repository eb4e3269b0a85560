import { inParallel } from "../../async/inParallel";
import type { Enrollment } from "../../model/enrollment";
import type { UnsettledCall } from "../../journal/unsettledCalls";
import type { Aborts } from "./aborts";
import type { SentAtLatest } from "./sentAtLatest";
import type { Deployment } from "../../pulumi/deployment";
import type { CurrentRuns } from "./currentRuns";
import {
  entriesOf,
  isMailmodoResource,
  possibleEffectsOf,
  type Entry,
  type PossibleEffect,
  type StateResource,
} from "../../pulumi/stateResource";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import { describeEnrollment } from "../../text/wording";

/**
 * Settles what killed runs may have done to a stack's enrollments. The state is not written before all of it is
 * settled.
 */
export class Settlement {
  /** Enrollments that the state records and that have certainly ended: their addresses, by URN. */
  readonly ended = new Map<string, Set<string>>();
  /** Calls whose notes are no longer needed. */
  readonly settled: UnsettledCall[] = [];

  constructor(
    private readonly index: RecordedIndex,
    readonly aborts: Aborts,
    private readonly currentRuns: Pick<CurrentRuns, "isUnsettled">,
    private readonly sentAtLatest: SentAtLatest,
    private readonly log: (line: string) => void,
  ) {}

  /** Settles the calls in unfinished notes. */
  async settleCalls(calls: readonly UnsettledCall[]): Promise<void> {
    // Aborts first, so that what they ended is not mistaken for what a start left running.
    for (const kind of ["abort", "start"] as const) {
      await inParallel(
        calls.filter((call) => call.kind === kind),
        async (call) => {
          const isByAddress = call.instanceId === undefined;
          if (isByAddress && !this.currentRuns.isUnsettled(call)) return;
          if (await (kind === "abort" ? this.settleAbort(call) : this.settleStart(call))) this.settled.push(call);
        },
      );
    }
  }

  /**
   * Settles the state's pending operations.
   *
   * @returns How many of them are this package's.
   */
  async settlePending({ resources = [], pending_operations: pending = [] }: Deployment): Promise<number> {
    // What can only be aborted by address comes last: by then it is known whether anything else runs for the address.
    const lacksInstanceId = (resource: StateResource) =>
      Number(entriesOf(resource).some(({ instanceId }) => instanceId === undefined));
    const ours = pending
      .filter(({ resource }) => isMailmodoResource(resource))
      .sort((a, b) => lacksInstanceId(a.resource) - lacksInstanceId(b.resource));
    for (const { type, resource } of ours) {
      if (type === "deleting")
        await inParallel(entriesOf({ ...resource, pendingReplacement: false }), (entry) => this.abortEntry(entry));
      if (type !== "creating" && type !== "updating") continue;
      const recorded = type === "updating" ? recordOf(resource, resources) : undefined;
      const next = type === "updating" ? LOOK_THERE : DESTROY_FIRST;
      await inParallel(possibleEffectsOf(resource, recorded), (effect) => this.settleEffect(effect, next));
    }
    return ours.length;
  }

  private async settleAbort(call: UnsettledCall): Promise<boolean> {
    const entry = this.index.entryOf(call);
    if (entry === undefined && call.instanceId !== undefined) {
      const { stack, problem } = await this.aborts.otherStackWith(call);
      // Nothing in this state depends on it, and the other stack's own recover settles it.
      if (problem !== undefined) this.aborts.undecided.push(problem);
      if (stack !== undefined || problem !== undefined) return false;
    }
    // Whatever the state records as running for the address was started after an abort by address.
    const isDone = call.confirmed || (call.instanceId === undefined && this.index.isRunning(call, this.ended));
    const isNeeded = call.instanceId === undefined || entry !== undefined;
    if (!isDone && !(await this.aborts.abort(call, isNeeded))) return false;
    if (entry !== undefined) this.markEnded(entry);
    return true;
  }

  private async settleStart(call: UnsettledCall): Promise<boolean> {
    if (this.index.entryOf(call) !== undefined) return true;
    if (call.instanceId === undefined) return this.abortStart(call);
    const { stack, problem } = await this.aborts.otherStackWith(call);
    if (problem !== undefined) this.aborts.problems.push(problem);
    if (stack !== undefined || problem !== undefined) return stack !== undefined;
    return this.aborts.abort(call);
  }

  /**
   * Whether a note has settled a start of the same address does not matter: nothing shows that it is the same start. One
   * more abort does no harm.
   */
  private async settleEffect({ start, ended }: PossibleEffect, next: string): Promise<void> {
    if (start === undefined) return this.abortEntry(ended);
    const isSettled = await this.abortStart({ ...start, startSentAt: this.sentAtLatest(start) }, ended, next);
    if (isSettled && ended !== undefined) this.markEnded(ended);
  }

  private async abortEntry(entry: Entry): Promise<void> {
    if (this.isEnded(entry)) return;
    // Without an instance id it can only be aborted by address, like a start.
    const hasEnded = entry.instanceId === undefined ? this.abortStart(entry, entry) : this.aborts.abort(entry);
    if (await hasEnded) this.markEnded(entry);
  }

  /**
   * Aborts, by address, a start whose instance id is not known.
   *
   * @param ended The recorded enrollment that the start replaced, if any. It does not count as running.
   * @param next What to do if it cannot be aborted.
   * @returns Whether the start is settled.
   */
  private async abortStart(start: Enrollment, ended?: Entry, next = DESTROY_FIRST): Promise<boolean> {
    const running = this.index.stillRunningFor(start, this.ended, ended);
    if (running.length === 0) return this.aborts.abort(start);
    if (![start, ...running].some(({ allowDuplicateEmail }) => allowDuplicateEmail)) {
      // Mailmodo would not have started the recorded one while the earlier one was running.
      this.log(`Left ${describeEnrollment(start)} alone: it has been started again, and the state records that.`);
      return true;
    }
    this.aborts.problems.push(
      `A start of ${describeEnrollment(start)} may have happened, and another, recorded enrollment runs for the address: aborting ` +
        `by address would stop both. ${next}`,
    );
    return false;
  }

  private isEnded({ urn, email }: Entry): boolean {
    return this.ended.get(urn)?.has(email) === true;
  }

  private markEnded({ urn, email }: Entry): void {
    this.ended.set(urn, (this.ended.get(urn) ?? new Set()).add(email));
  }
}

const DESTROY_FIRST =
  "Check the journey in Mailmodo; or run pulumi destroy, and recover again before the stack is removed.";
/** Another run drops a pending update, which may be the only trace of the start. */
const LOOK_THERE =
  "Before any other run of Pulumi, check the journey in Mailmodo, and abort there what should not run. Then run pulumi refresh, which drops the operation.";

/** The record of a resource in the state. The old half of a replacement has the same URN and does not count. */
function recordOf({ urn }: StateResource, resources: readonly StateResource[]): StateResource | undefined {
  return resources.find((one) => one.urn === urn && one.pendingReplacement !== true);
}
