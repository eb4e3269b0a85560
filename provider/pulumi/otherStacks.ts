import { markOf } from "../model/addresses";
import { inParallel } from "../model/inParallel";
import type { Enrollment } from "../model/enrollment";
import type { Deployment } from "./deployment";
import { attemptsOf, entriesOf, isOurs } from "./recorded";
import type { Stack } from "./stack";

/** What the project's other stacks enroll, read when it is first asked for. */
export class OtherStacks {
  private entries: Promise<Entries> | undefined;

  constructor(private readonly stack: Stack) {}

  /**
   * Which other stack records the instance or, where that was never learned, an instance for the address, or is about to
   * start one.
   *
   * @throws {Error} The states of all stacks cannot be read.
   */
  async whichHas(enrollment: Pick<Enrollment, "journeyId" | "email" | "instanceId">): Promise<string | undefined> {
    const { byInstance, byMark } = await (this.entries ??= read(this.stack));
    return enrollment.instanceId === undefined ? byMark.get(markOf(enrollment)) : byInstance.get(enrollment.instanceId);
  }
}

/** From an instance, and from the mark of an address and journey, to the stack that has it. */
interface Entries {
  readonly byInstance: Map<string, string>;
  readonly byMark: Map<string, string>;
}

async function read(stack: Stack): Promise<Entries> {
  const entries: Entries = { byInstance: new Map(), byMark: new Map() };
  await inParallel(await stack.others(), async (other) => {
    const state = await other.stateOfEnrollments();
    for (const entry of (state.resources ?? []).flatMap(entriesOf)) {
      // An unconfirmed one is no more certain to run than the one that is asked for: its own next run aborts it by address.
      if (entry.instanceId === undefined) continue;
      entries.byInstance.set(entry.instanceId, other.name);
      entries.byMark.set(markOf(entry), other.name);
    }
    for (const start of await beingStarted(other, state)) entries.byMark.set(markOf(start), other.name);
  });
  return entries;
}

/** What a run that is still at work is about to start. If no run holds the lock, it is as uncertain as any unconfirmed start. */
async function beingStarted(stack: Stack, state: Deployment): Promise<readonly Enrollment[]> {
  const { pending_operations: pending = [], secrets_providers: secrets } = state;
  const begun = pending.flatMap(({ type, resource }) =>
    isOurs(resource) && type !== "deleting" ? attemptsOf(resource, undefined).flatMap(({ start }) => start ?? []) : [],
  );
  if (begun.length === 0) return [];
  const { locks } = await stack.occupancy(secrets?.state?.url);
  return locks.length === 0 ? [] : begun;
}
