import { markOf } from "../addresses";
import type { Enrollment } from "../enrollment";
import { attemptsOf, entriesOf, isOurs } from "./recorded";
import type { Stack } from "./stack";

/** What the project's other stacks enroll, read when it is first asked for. */
export class OtherStacks {
  private entries: Promise<Entries> | undefined;

  constructor(private readonly stack: Stack) {}

  /**
   * Which other stack records the instance or, where that was never learned, enrolls the address or may be about to.
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
  for (const other of await stack.others()) {
    const { resources = [], pending_operations: pending = [] } = await other.state();
    const begun = pending.flatMap(({ type, resource }) =>
      isOurs(resource) && type !== "deleting" ? attemptsOf(resource, undefined) : [],
    );
    for (const entry of [...resources.flatMap(entriesOf), ...begun.flatMap(({ start }) => start ?? [])]) {
      if (entry.instanceId !== undefined) entries.byInstance.set(entry.instanceId, other.name);
      entries.byMark.set(markOf(entry), other.name);
    }
  }
  return entries;
}
