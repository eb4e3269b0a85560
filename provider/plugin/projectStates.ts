import { atMostEvery } from "../async/atMostEvery";
import { inParallel } from "../async/inParallel";
import type { Deployment } from "../pulumi/deployment";
import { OtherStacks } from "../pulumi/otherStacks";
import { RecordedIndex } from "../pulumi/recordedIndex";
import type { Stack } from "../pulumi/stack";
import { parseStackName } from "../pulumi/stackName";

/** The states of a project's stacks, as one of the stacks sees them. */
export interface States {
  /** Of the stack itself. Empty if it was renamed. */
  readonly ownStack: RecordedIndex;
  readonly isRenamed: boolean;
  /** What counts as the stack's own state where it is about a contact: if it was renamed, the states of all stacks. */
  readonly contactIndex: () => Promise<RecordedIndex>;
  readonly otherStacks: OtherStacks;
  /** The short names of all stacks of the project. */
  readonly names: ReadonlySet<string>;
}

/** Reads the states of a project's stacks through the CLI, and keeps them for a while. */
export class ProjectStates {
  private readonly looks = new Map<string, () => Promise<States>>();

  /** @param stackOf Makes a stack from its full name: `organization/project/stack`. */
  constructor(private readonly stackOf: (fullName: string) => Promise<Stack>) {}

  /**
   * The states as a stack sees them.
   *
   * @param stack Its full name.
   * @throws {Error} The stacks cannot be listed, or the state of this one cannot be read.
   */
  for(stack: string): Promise<States> {
    const look = this.looks.get(stack) ?? atMostEvery(CACHE_MS, () => this.read(stack));
    this.looks.set(stack, look);
    const states = look();
    // A read that failed may work the next time.
    states.catch(() => this.looks.delete(stack));
    return states;
  }

  private async read(name: string): Promise<States> {
    const stack = await this.stackOf(name);
    // After a rename, the stack counts as one of the others until its next up.
    const { names, others } = await stack.siblings();
    const isRenamed = !names.has(parseStackName(name).stack);
    const ownStack = new RecordedIndex(isRenamed ? {} : await stack.stateOfEnrollments());
    const allStacks = atMostEvery(Infinity, async () => new RecordedIndex(await unionOf(others)));
    return {
      ownStack,
      isRenamed,
      // Its present name is not known, so any of the others may be it.
      contactIndex: async () => (isRenamed ? allStacks() : ownStack),
      otherStacks: new OtherStacks(async () => others),
      names,
    };
  }
}

/** Reading starts the CLI for each stack, so a cohort must not do it for each contact. */
const CACHE_MS = 30_000;

/** What several stacks record and have begun, as one state. */
async function unionOf(stacks: readonly Stack[]): Promise<Deployment> {
  const states: Deployment[] = [];
  await inParallel(stacks, async (stack) => void states.push(await stack.stateOfEnrollments()));
  return {
    resources: states.flatMap(({ resources = [] }) => resources),
    pending_operations: states.flatMap(({ pending_operations: pending = [] }) => pending),
  };
}
