import { markOf } from "./addresses";
import type { Enrollment } from "./enrollment";
import type { OtherStacks } from "./recover/otherStacks";
import type { Entry } from "./recover/recorded";
import type { Stack } from "./recover/stack";

/**
 * Finds what else runs for an address whose own start nobody knows the end of: an abort by address would stop that as well.
 * Read from the states of the project's stacks, by the CLI.
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
   * The other stack of the project that records a running enrollment of the address, or is starting one.
   *
   * @throws {Error} The states cannot be read.
   */
  async otherStackWith(enrollment: Enrollment): Promise<string | undefined> {
    return enrollment.stack === undefined ? undefined : (await this.look(enrollment.stack)).others.whichHas(enrollment);
  }

  /**
   * The URN of another resource of the stack that records a running enrollment of the address; of one that this run has
   * started, words.
   *
   * @throws {Error} The state cannot be read.
   */
  async otherResourceWith(enrollment: Enrollment): Promise<string | undefined> {
    if (enrollment.stack === undefined) return undefined;
    const { own } = await this.look(enrollment.stack);
    const running = (own.get(markOf(enrollment)) ?? []).find(({ instanceId }) => !this.endedInstances.has(instanceId!));
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
    const [{ OtherStacks }, { entriesOf }] = await Promise.all([
      import("./recover/otherStacks"),
      import("./recover/recorded"),
    ]);
    const stack = await this.openStack(name);
    // A stack that was renamed is one of the others, until its next up.
    const isThere = (await stack.names()).has(name.split("/").at(-1)!);
    const { resources = [] } = isThere ? await stack.stateOfEnrollments() : {};
    const own = new Map<string, Entry[]>();
    for (const entry of resources.flatMap(entriesOf)) {
      if (entry.instanceId === undefined) continue;
      const mark = markOf(entry);
      own.set(mark, [...(own.get(mark) ?? []), entry]);
    }
    return { own, others: new OtherStacks(stack) };
  }
}

interface Found {
  /** What the stack itself records as running, by the mark of address and journey. */
  readonly own: ReadonlyMap<string, readonly Entry[]>;
  readonly others: OtherStacks;
}

/** A look takes a CLI's start for each stack, so a cohort does not look for each contact. */
const LOOK_AGAIN_MS = 30_000;
