import { inParallel } from "../../async/inParallel";
import type { UnsettledCall } from "../../journal/unsettledCalls";
import type { Aborts } from "./aborts";
import type { SentAtLatest } from "./sentAtLatest";
import type { Deployment, PendingOperation } from "../../pulumi/deployment";
import type { CurrentRuns } from "./currentRuns";
import {
  entriesOf,
  isMailmodoResource,
  possibleEffectsOf,
  recordOf,
  type Entry,
  type PossibleEffect,
  type StateResource,
} from "../../pulumi/stateResource";
import type { RecordedIndex } from "../../pulumi/recordedIndex";
import { DESTROY_FIRST, LOOK_THERE, UnidentifiedStarts, type Known } from "./unidentifiedStarts";

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
    log: (line: string) => void,
    known: Known = {},
  ) {
    this.unidentified = new UnidentifiedStarts(index, this.ended, aborts, log, known);
  }

  /**
   * Settles the calls in unfinished notes and the state's pending operations. What ended comes first, in all of them:
   * until then, an enrollment that a killed run aborted counts as running, and a start of its address as "started
   * again". What can only be aborted by address comes last: by then it is known what else runs for the address.
   *
   * @returns How many of the pending operations are this package's.
   */
  async settle(calls: readonly UnsettledCall[], state: Deployment = {}): Promise<number> {
    const operations = (state.pending_operations ?? []).filter(({ resource }) => isMailmodoResource(resource));
    const effects = operations.flatMap((operation) => this.effectsOf(operation, state.resources ?? []));
    const ended = effects.flatMap((effect) => (effect.start === undefined ? [effect.ended] : []));
    const restarted = effects.flatMap((effect) => (effect.start === undefined ? [] : (effect.ended ?? [])));
    const byInstance = ({ instanceId }: Entry) => instanceId !== undefined;

    await this.settleCalls(calls, "abort");
    await inParallel(ended.filter(byInstance), (entry) => this.abortEntry(entry));
    await this.settleCalls(calls, "start");
    await inParallel(
      ended.filter((entry) => !byInstance(entry)),
      (entry) => this.abortEntry(entry),
    );
    await inParallel(effects, (effect) => this.settleEffect(effect, restarted));
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
  private effectsOf({ type, resource }: PendingOperation, resources: readonly StateResource[]): Effect[] {
    if (type === "deleting")
      return entriesOf({ ...resource, pendingReplacement: false }).map((ended) => ({ ended, next: DESTROY_FIRST }));
    if (type === "creating")
      return possibleEffectsOf(resource, undefined).map((effect) => ({ ...effect, next: DESTROY_FIRST }));
    if (type !== "updating") return [];
    const recorded = recordOf(resource, resources);
    if (recorded !== undefined)
      return possibleEffectsOf(resource, recorded).map((effect) => ({ ...effect, next: LOOK_THERE }));
    this.aborts.problems.push(`The state has a pending update of ${resource.urn}, but not the resource. ${LOOK_THERE}`);
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
    const isDone = call.confirmed || (call.instanceId === undefined && this.index.isRunning(call, this.ended));
    const isNeeded = call.instanceId === undefined || entry !== undefined;
    if (!isDone && !(await this.aborts.abort(call, isNeeded))) return false;
    if (entry !== undefined) this.markEnded(entry);
    return true;
  }

  private async settleStart(call: UnsettledCall): Promise<boolean> {
    if (this.index.entryOf(call) !== undefined) return true;
    if (call.instanceId === undefined)
      return (await this.unidentified.abort(call, DESTROY_FIRST, { isNoted: true })) !== "open";
    const { stack, problem } = await this.aborts.otherStackWith(call);
    if (problem !== undefined) this.aborts.problems.push(problem);
    if (stack !== undefined || problem !== undefined) return stack !== undefined;
    return this.aborts.abort(call);
  }

  /**
   * Whether a note has settled a start of the same address does not matter: nothing shows that it is the same start. One
   * more abort does no harm.
   *
   * @param restarted The recorded enrollments that pending updates may have ended and started again.
   */
  private async settleEffect({ start, ended, next }: Effect, restarted: readonly Entry[]): Promise<void> {
    if (start === undefined) return;
    const result = await this.unidentified.abort({ ...start, startSentAt: this.sentAtLatest(start) }, next, {
      notRunning: restarted,
    });
    if (result === "ended" && ended !== undefined) this.markEnded(ended);
  }

  private async abortEntry(entry: Entry): Promise<void> {
    if (this.isEnded(entry)) return;
    // Without an instance id it can only be aborted by address, like a start.
    const { instanceId } = entry;
    const hasEnded =
      instanceId === undefined
        ? (await this.unidentified.abort(entry, DESTROY_FIRST, { notRunning: [entry] })) !== "open"
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

/** What a pending operation may have done, and what to do if that cannot be settled. */
type Effect = PossibleEffect & { readonly next: string };
