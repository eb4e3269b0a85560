import { markOf } from "../model/addresses";
import type { Enrollment } from "../model/enrollment";
import { isPlugin } from "../pulumi/pluginProcess";
import type { OtherStacks } from "../pulumi/otherStacks";
import type { RecordedIndex } from "../pulumi/recordedIndex";
import type { Stack } from "../pulumi/stack";

/** What is in the way of an abort by address, and what to do about it. */
export interface OtherHolder {
  readonly problem: string;
  readonly next: string;
}

/**
 * Finds what else runs for an address, where the outcome of a start is not known: an abort by address would stop that as
 * well. Read from the states of the project's stacks, by the CLI.
 */
export class OtherHolders {
  private readonly looks = new Map<string, { readonly at: number; readonly found: Promise<Found> }>();
  private readonly startedMarks = new Set<string>();
  private readonly endedInstances = new Set<string>();

  /** @param openStack Takes a full name: `organization/project/stack`. */
  constructor(private readonly openStack: (stack: string) => Promise<Stack>) {}

  /** A start of this run that succeeded. */
  started(enrollment: { journeyId: string; email: string }): void {
    this.startedMarks.add(markOf(enrollment));
  }

  /** An abort of this run that succeeded. */
  ended({ instanceId }: Enrollment): void {
    if (instanceId !== undefined) this.endedInstances.add(instanceId);
  }

  /**
   * What else runs for the address of an enrollment whose instance was never learned.
   *
   * @param isRestarted Whether it is started again next. Another resource of the stack that has the address is then one
   *   that has left the program, and is to be aborted anyway.
   */
  async find(enrollment: Enrollment, isRestarted: boolean): Promise<OtherHolder | undefined> {
    const { instanceId, stack: name, allowDuplicateEmail } = enrollment;
    if (instanceId !== undefined || name === undefined || !isPlugin()) return undefined;
    try {
      const { own, others } = await this.look(name);
      const stack = await others.whichHas(enrollment);
      if (stack !== undefined)
        return {
          problem: `the stack ${stack} enrolls the address too, ${AS_WELL}`,
          next: `Remove the address from ${stack} first. Or, ${FORGET}`,
        };
      // With allowDuplicateEmail, aborting by address is what a destroy is known to do.
      if (isRestarted || allowDuplicateEmail) return undefined;
      const resource = this.otherResource(own, enrollment);
      if (resource === undefined) return undefined;
      return {
        problem: `another resource of this stack (${resource}) enrolls the address too, ${AS_WELL}`,
        next: `Destroy that one first: pulumi destroy --target <its urn>. Or, ${FORGET}`,
      };
    } catch (error) {
      return {
        problem: `whether another stack enrolls the address is not known: ${(error as Error).message}`,
        next: "Let this run read the states of the project's stacks, then run it again",
      };
    }
  }

  /** The URN of a resource that records a running enrollment of the address; of one that this run has started, words. */
  private otherResource(own: RecordedIndex, enrollment: Enrollment): string | undefined {
    const running = own.runningFor(enrollment).find(({ instanceId }) => !this.endedInstances.has(instanceId));
    return running?.urn ?? (this.startedMarks.has(markOf(enrollment)) ? "that this run has started" : undefined);
  }

  private look(stack: string): Promise<Found> {
    const known = this.looks.get(stack);
    if (known !== undefined && performance.now() - known.at < LOOK_AGAIN_MS) return known.found;
    const found = this.read(stack);
    this.looks.set(stack, { at: performance.now(), found });
    // What failed may work the next time.
    found.catch(() => this.looks.delete(stack));
    return found;
  }

  private async read(name: string): Promise<Found> {
    // Loaded here: hardly any run needs them.
    const [{ OtherStacks }, { RecordedIndex }] = await Promise.all([
      import("../pulumi/otherStacks"),
      import("../pulumi/recordedIndex"),
    ]);
    const stack = await this.openStack(name);
    // A stack that was renamed is one of the others, until its next up.
    const isThere = (await stack.names()).has(name.split("/").at(-1)!);
    const own = new RecordedIndex(isThere ? await stack.stateOfEnrollments() : {});
    return { own, others: new OtherStacks(stack) };
  }
}

interface Found {
  readonly own: RecordedIndex;
  readonly others: OtherStacks;
}

/** A look takes a CLI's start for each stack, so a cohort does not look for each contact. */
const LOOK_AGAIN_MS = 30_000;
const AS_WELL = "which an abort by address would stop as well";
const FORGET = "if Mailmodo shows that only that one runs, forget this one: pulumi state delete <urn>";
