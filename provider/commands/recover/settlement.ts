import { inParallel } from "../../async/inParallel";
import type { UnsettledCall } from "../../journal/unsealedNotes";
import type { Aborts } from "./aborts";
import { mayStillAbort } from "../../mailmodo/lateAbort";
import type { SentAtLatest } from "./sentAtLatest";
import { TYPES } from "../../model/stateFormat";
import type { Deployment, PendingOperation } from "../../pulumi/deployment";
import type { CurrentRuns } from "./currentRuns";
import { effectsOf, type PossibleEffect } from "../../pulumi/pendingOperations";
import { isMailmodoResource, type Entry, type StateResource } from "../../pulumi/stateResource";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import type { NextCommands } from "./nextCommands";
import { adviceToLookFirst, UnidentifiedStarts, type Known, type PendingStart } from "./unidentifiedStarts";

/**
 * Settles what killed runs may have done to a stack's enrollments. The state is not written before all of it is
 * settled.
 */
export class Settlement {
  /** Enrollments that the state records and that have certainly ended: their addresses, by URN. */
  readonly ended = new Map<string, Set<string>>();
  /** Calls whose notes are no longer needed. */
  readonly settled: UnsettledCall[] = [];
  private readonly unidentified: UnidentifiedStarts;

  constructor(
    private readonly index: RecordedIndex,
    readonly aborts: Aborts,
    private readonly currentRuns: Pick<CurrentRuns, "isUnsettled">,
    private readonly sentAtLatest: SentAtLatest,
    private readonly next: NextCommands,
    log: (line: string) => void,
    private readonly known: Known = {},
  ) {
    this.unidentified = new UnidentifiedStarts(index, this.ended, aborts, next, log, known);
  }

  /**
   * Settles the calls in unfinished notes and the state's pending operations, in this order: noted aborts, what pending
   * operations ended, noted starts, what they ended without an instance id, what they started. Until all that ended is
   * known, an enrollment that a killed run aborted counts as running. What can only be aborted by address comes after
   * that, because it would stop what runs.
   *
   * @returns How many of the pending operations are this package's.
   */
  async settle(calls: readonly UnsettledCall[], state: Deployment = {}): Promise<number> {
    const operations = (state.pending_operations ?? []).filter(({ resource }) => isMailmodoResource(resource));
    const effects = operations.flatMap((operation) => this.effectsOf(operation, state.resources ?? []));
    const ended = effects.flatMap((effect) => (effect.start === undefined ? [effect.ended] : []));
    const restarted = effects.flatMap((effect) => (effect.start === undefined ? [] : (effect.ended?.instanceId ?? [])));
    const byInstance = ({ instanceId }: Entry) => instanceId !== undefined;

    await this.settleCalls(calls, "abort");
    await inParallel(ended.filter(byInstance), (entry) => this.abortEntry(entry));
    await this.settleCalls(calls, "start");
    await inParallel(
      ended.filter((entry) => !byInstance(entry)),
      (entry) => this.abortEntry(entry),
    );
    const notRunning = new Set(restarted);
    await inParallel(effects, (effect) => this.settleEffect(effect, notRunning));
    return operations.length;
  }

  private async settleCalls(calls: readonly UnsettledCall[], kind: "abort" | "start"): Promise<void> {
    await inParallel(
      calls.filter((call) => call.kind === kind),
      async (call) => {
        const isByAddress = call.instanceId === undefined;
        if (isByAddress && !this.currentRuns.isUnsettled(call)) return;
        if (await (kind === "abort" ? this.settleAbort(call) : this.settleStart(call))) this.settled.push(call);
      },
    );
  }

  /** What a pending operation may have done. */
  private effectsOf(operation: PendingOperation, resources: readonly StateResource[]): PossibleEffect[] {
    const effects = effectsOf(operation, resources);
    if (effects !== undefined) return effects;
    // Nothing else starts anything, and the next up repeats its update.
    if (this.known.nothingElseRuns !== true && STARTING.includes(operation.resource.type))
      this.aborts.problems.push(
        `The state has a pending update of ${operation.resource.urn}, but not the resource. ${adviceToLookFirst(this.next)}`,
      );
    return [];
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
    const isRestarted = call.instanceId === undefined && this.index.isRunning(call, this.ended);
    const isDone = isRestarted || (call.confirmed && !mayStillAbort(call, this.known.lateEffectMs));
    const isRecorded = call.instanceId === undefined ? this.index.records(call) : entry !== undefined;
    const isNeeded = isRecorded || mayStillAbort(call, this.known.lateEffectMs);
    if (!isDone && !(await this.aborts.abort(call, isNeeded))) return false;
    if (entry !== undefined) this.markEnded(entry);
    return true;
  }

  private async settleStart(call: UnsettledCall): Promise<boolean> {
    if (this.index.entryOf(call) !== undefined) return true;
    if (call.instanceId === undefined) return (await this.unidentified.abort(call)) !== "open";
    const { stack, problem } = await this.aborts.otherStackWith(call);
    if (problem !== undefined) this.aborts.problems.push(problem);
    if (stack !== undefined || problem !== undefined) return stack !== undefined;
    return this.aborts.abort(call);
  }

  /**
   * Whether a note has settled a start of the same address does not matter: nothing shows that it is the same start. One
   * more abort does no harm.
   *
   * @param notRunning The instances that pending updates may have ended and started again.
   */
  private async settleEffect({ start, ended }: PossibleEffect, notRunning: ReadonlySet<string>): Promise<void> {
    if (start === undefined) return;
    const pending = { urn: start.urn, notRunning };
    const result = await this.unidentified.abort({ ...start, startSentAt: this.sentAtLatest(start) }, pending);
    if (result === "ended" && ended !== undefined) this.markEnded(ended);
  }

  private async abortEntry(entry: Entry): Promise<void> {
    if (this.isEnded(entry)) return;
    // Without an instance id it can only be aborted by address, like a start; and so did the killed run.
    const { instanceId } = entry;
    const hasEnded =
      instanceId === undefined
        ? (await this.unidentified.abort({ ...entry, abortSentAt: this.sentAtLatest(entry) }, ofEntry(entry))) !==
          "open"
        : await this.aborts.abort(entry);
    if (hasEnded) this.markEnded(entry);
  }

  private isEnded({ urn, email }: Entry): boolean {
    return this.ended.get(urn)?.has(email) === true;
  }

  private markEnded({ urn, email }: Entry): void {
    this.ended.set(urn, (this.ended.get(urn) ?? new Set()).add(email));
  }
}

/** The types of resources whose updates may start something. */
const STARTING: readonly string[] = [TYPES.enrollment, TYPES.shard];

function ofEntry({ urn }: Entry): PendingStart {
  return { urn, notRunning: new Set() };
}
