import assert from "node:assert/strict";
import { type Instance, SANDBOX_KEY } from "mailmodo-sandbox";
import { readRuns } from "../../provider/journal/runFile";
import { Sealing } from "../../provider/journal/sealing";
import { unsealNotes, type UnsettledCall } from "../../provider/journal/unsealedNotes";
import { addressKey } from "../../provider/model/addresses";
import type { Enrollment } from "../../provider/model/enrollment";
import { possibleEffectsOf } from "../../provider/pulumi/pendingOperations";
import { entriesOf } from "../../provider/pulumi/stateResource";
import { journalOf } from "./journalOf";
import type { ModelStack } from "./modelStack";
import { STACKS, type Step } from "./modelSteps";
import type { RunningSandbox } from "./sandbox";

export type ModelStacks = Readonly<Record<(typeof STACKS)[number], ModelStack>>;

/** What must be true of a model world after each step and at the end: what runs, what states record, what notes say. */
export class ModelInvariants {
  /** What a person took out of a state: instances and, of unconfirmed starts, marks of addresses. Nothing knows of them any more. */
  private readonly forgotten = new Set<string>();

  /** @param homes Pulumi's, whose journals count. */
  constructor(
    private readonly sandbox: RunningSandbox,
    private readonly stacks: ModelStacks,
    private readonly homes: readonly string[],
  ) {}

  /** For a resource that a person is about to take out of a state. */
  forget(stack: (typeof STACKS)[number], urn: string): void {
    for (const entry of this.recorded(stack).filter((one) => one.urn === urn))
      this.forgotten.add(entry.instanceId ?? addressKey(entry));
  }

  /** Takes a step, and looks at what it did. */
  async checked(step: Step, take: () => Promise<unknown>): Promise<void> {
    const theirs = STACKS.filter((stack) => stack !== step.stack).flatMap((stack) => this.recorded(stack));
    // What a stack has begun to abort itself may end in any step: its request was sent, and takes effect late.
    const aborting = this.notes().filter(({ kind }) => kind === "abort");
    const before = new Set(this.sandbox.runningInstances().map(({ instanceId }) => instanceId));
    await take();
    const running = this.sandbox.runningInstances();
    const now = new Set(running.map(({ instanceId }) => instanceId));
    const touched = theirs.filter(
      ({ instanceId = "" }) =>
        before.has(instanceId) && !now.has(instanceId) && !aborting.some((one) => one.instanceId === instanceId),
    );
    assert.deepEqual(touched, [], "nobody else's enrollment is touched");
    assert.deepEqual(
      this.sandbox.instances().filter(({ doubled }) => doubled),
      [],
      "no address is doubled",
    );
    const known = [...STACKS.flatMap((stack) => [...this.recorded(stack), ...this.begun(stack)]), ...this.notes()];
    const unknown = running.filter(
      (instance) =>
        !this.isForgotten(instance) &&
        !known.some(
          (one) =>
            one.instanceId === instance.instanceId ||
            (one.instanceId === undefined && addressKey(one) === addressKey(instance)),
        ),
    );
    assert.deepEqual(unknown, [], "nothing runs that no state and no note names");
  }

  checkNothingLeft(): void {
    assert.deepEqual(
      this.sandbox.runningInstances().filter((instance) => !this.isForgotten(instance)),
      [],
      "nothing runs at the end",
    );
    assert.deepEqual(this.notes(), [], "no note is left at the end");
  }

  /** What a person does who looks at Mailmodo. */
  abortUnrecorded(): void {
    const recorded = new Set(STACKS.flatMap((stack) => this.recorded(stack).map(({ instanceId }) => instanceId)));
    for (const instance of this.sandbox.runningInstances())
      if (!recorded.has(instance.instanceId)) this.sandbox.store.instances.abort(instance, "by hand");
  }

  /** One of the running instances that a stack records ends by itself. */
  finish(stack: (typeof STACKS)[number], index: number): void {
    const recorded = new Set(this.recorded(stack).map(({ instanceId }) => instanceId));
    const running = this.sandbox.runningInstances().filter(({ instanceId }) => recorded.has(instanceId));
    const instance = running[index % running.length];
    if (instance !== undefined) this.sandbox.store.instances.finish([{ instance, at: Date.now() }]);
  }

  hasNotes(): boolean {
    return this.notes().length > 0;
  }

  private isForgotten(instance: Instance): boolean {
    return this.forgotten.has(instance.instanceId) || this.forgotten.has(addressKey(instance));
  }

  private recorded(stack: (typeof STACKS)[number]) {
    return this.stacks[stack].state.resources.flatMap(entriesOf);
  }

  private begun(stack: (typeof STACKS)[number]): Enrollment[] {
    return this.stacks[stack].state.pending_operations.flatMap(({ type, resource }) =>
      type === "deleting" ? [] : possibleEffectsOf(resource, undefined).flatMap(({ start }) => start ?? []),
    );
  }

  private notes(): UnsettledCall[] {
    return this.homes
      .flatMap((home) => readRuns(journalOf({ PULUMI_HOME: home })).runs)
      .flatMap((run) => unsealNotes(run, new Sealing(SANDBOX_KEY)).unsealed.map(({ call }) => call));
  }
}
