import type { Enrollment } from "../model/enrollment";
import { isPlugin } from "../pulumi/pluginProcess";
import type { ContactUser } from "../pulumi/otherStacks";
import type { RecordedIndex } from "../pulumi/recordedIndex";
import type { Stack } from "../pulumi/stack";
import { otherStackOf } from "../pulumi/stackName";
import type { ContactEntry } from "../pulumi/stateResource";
import { isInPreview } from "../text/configCommand";
import { quoted } from "../text/shellWord";
import { upCommand } from "../text/stackCommands";
import { forgetAdvice } from "./advice";
import { ProjectStates } from "./projectStates";
import type { ThisRun } from "./thisRun";

/** Why an enrollment must not be aborted by address, and what to do about it. */
export interface ReasonNotToAbort {
  readonly why: string;
  readonly next: string;
}

/** A start that a killed run may have made. */
export interface PendingStart {
  readonly journeyId: string;
  /** The name of its stack, if that is not the one that was asked for. */
  readonly otherStack: string | undefined;
}

/**
 * Finds other enrollments of an address: of one whose start is unconfirmed, because an abort by address would stop them as
 * well; and of one whose contact is to be archived. Reads the states of the project's stacks through the CLI.
 */
export class OtherEnrollments {
  private readonly states: ProjectStates;

  /**
   * @param stackOf Makes a stack from its full name: `organization/project/stack`.
   * @param thisRun What this run has started and ended.
   */
  constructor(
    stackOf: (fullName: string) => Promise<Stack>,
    private readonly thisRun: ThisRun,
  ) {
    this.states = new ProjectStates(stackOf);
  }

  /**
   * Whether a state records an instance: this stack's, or another one's, to which a resource was moved or which is this
   * stack's former name.
   *
   * @throws {Error} The state of a stack cannot be read.
   */
  async isRecorded({ instanceId, stack, ...enrollment }: Enrollment): Promise<boolean> {
    if (instanceId === undefined || stack === undefined || !isPlugin()) return false;
    const { ownStack, otherStacks } = await this.states.for(stack);
    return (
      ownStack.entryOf({ instanceId }) !== undefined ||
      (await otherStacks.findStack({ ...enrollment, instanceId })) !== undefined
    );
  }

  /**
   * The URN of a resource that this stack's state records as running an address in a journey. Undefined if there is none,
   * or the state cannot be read.
   */
  async runningInStack({ stack, ...enrollment }: Enrollment): Promise<string | undefined> {
    if (stack === undefined || !isPlugin()) return undefined;
    const states = await this.states.for(stack).catch(() => undefined);
    return states?.ownStack.runningFor(enrollment)[0]?.urn;
  }

  /**
   * What enrolls the mailbox of an address in any journey: the URN of a resource of this stack's state, or a description if
   * this run started it. Undefined if nothing does. If the stack was renamed, any stack of the project counts.
   *
   * @throws {Error} The state cannot be read.
   */
  async enrolling(email: string, stack: string | undefined): Promise<string | undefined> {
    if (this.thisRun.enrolls(email)) return STARTED_HERE;
    const index = await this.contactIndex(stack);
    return index?.ofMailbox(email).find((entry) => !this.thisRun.hasEnded(entry))?.urn;
  }

  /**
   * A start of the mailbox of an address that a killed run may have made, by the pending operations of this stack's state: a
   * later run keeps those that create. Undefined if there is none. If the stack was renamed, those of any stack of the project
   * count. Those of this run count too, but they start only what the program enrolls.
   *
   * @throws {Error} The state cannot be read.
   */
  async pendingStart(email: string, stack: string | undefined): Promise<PendingStart | undefined> {
    const start = (await this.contactIndex(stack))?.pendingStartsOf(email)[0];
    if (start === undefined) return undefined;
    return { journeyId: start.journeyId, otherStack: otherStackOf(start.urn, stack) };
  }

  /**
   * The resources of this stack that record an address as a contact. If the stack was renamed, those of all stacks of the
   * project.
   *
   * @throws {Error} The state cannot be read.
   */
  async contactsInStack(email: string, stack: string | undefined): Promise<readonly ContactEntry[]> {
    return (await this.contactIndex(stack))?.contactsOf(email) ?? [];
  }

  /** The URN of a contact with the address that depends on a resource. Undefined if there is none, or it cannot be told. */
  async contactDependingOn(urn: string, email: string, stack: string | undefined): Promise<string | undefined> {
    return (await this.contactIndex(stack).catch(() => undefined))?.contactDependingOn(urn, email);
  }

  /**
   * Another stack of the project that has the contact as a resource, or enrolls it. Undefined if there is none, or if the
   * stack was renamed: {@link contactsInStack} and {@link enrolling} then include all stacks.
   *
   * @throws {Error} The state of a stack cannot be read.
   */
  async otherStackWithContact(email: string, stack: string | undefined): Promise<ContactUser | undefined> {
    if (stack === undefined || !isPlugin()) return undefined;
    const { isRenamed, otherStacks } = await this.states.for(stack);
    return isRenamed ? undefined : otherStacks.findStackWithContact(email);
  }

  /**
   * Whether another stack of the project still exists.
   *
   * @param other Its short name.
   * @throws {Error} The stacks cannot be listed.
   */
  async stackExists(other: string, stack: string | undefined): Promise<boolean> {
    return stack === undefined || !isPlugin() || (await this.states.for(stack)).names.has(other);
  }

  /**
   * Why an enrollment without an instance id must not be aborted by address. Undefined if it may be, or if it has an
   * instance id.
   *
   * @param willRestart Whether the enrollment is started again next. If so, any other resource of this stack with the
   *   address has already left the program, so the abort may go ahead.
   */
  async reasonNotToAbort(enrollment: Enrollment, willRestart: boolean): Promise<ReasonNotToAbort | undefined> {
    const { instanceId, stack: name, allowDuplicateEmail } = enrollment;
    if (instanceId !== undefined || name === undefined || !isPlugin()) return undefined;
    try {
      const { ownStack, otherStacks } = await this.states.for(name);
      const stack = await otherStacks.findStack(enrollment);
      if (stack !== undefined)
        return {
          why: `the stack ${stack} enrolls the address too, ${AS_WELL}`,
          next: `Remove the address from ${stack} first. Or, ${ifAlone()}`,
        };
      if (willRestart) return undefined;
      // With allowDuplicateEmail, a destroy is documented to abort by address. But a resource that was moved here, or
      // whose stack was renamed, names the stack that it was in.
      if (allowDuplicateEmail && ownStack.hasUnconfirmed(enrollment)) return undefined;
      const resource = this.otherResource(ownStack, enrollment);
      if (resource === undefined) return undefined;
      return {
        why: `another resource of this stack (${resource}) enrolls the address too, ${AS_WELL}`,
        next: `${adviceOnOther(resource)} Or, ${ifAlone()}`,
      };
    } catch (error) {
      return {
        why: `whether another stack enrolls the address is not known: ${(error as Error).message.replace(/\.$/, "")}`,
        next: "Let this run read the states of the project's stacks, then run it again",
      };
    }
  }

  /**
   * The URN of a resource that records a running enrollment of the address, or a description if this run starts it.
   */
  private otherResource(ownStack: RecordedIndex, enrollment: Enrollment): string | undefined {
    const running = ownStack.runningFor(enrollment).find((entry) => !this.thisRun.hasEnded(entry));
    return running?.urn ?? (this.thisRun.hasStarted(enrollment) ? STARTED_HERE : undefined);
  }

  /** Undefined if the resource does not name its stack, or no engine has started this process. */
  private async contactIndex(stack: string | undefined): Promise<RecordedIndex | undefined> {
    return stack === undefined || !isPlugin() ? undefined : (await this.states.for(stack)).contactIndex();
  }
}

const STARTED_HERE = "one that this run starts";
const AS_WELL = "which an abort by address would stop as well";

function ifAlone(): string {
  return `if Mailmodo shows that only that one runs, this one does not: ${forgetAdvice()}`;
}

/** How to end the other resource first. A destroy by hand would write to the settings of all previews. */
function adviceOnOther(resource: string): string {
  const again = "Run it again after this run. If it is refused again,";
  if (isInPreview()) return `${again} remove that one from the program, and run ${upCommand()}.`;
  return resource.startsWith("urn:")
    ? `Destroy that one first: pulumi destroy --target ${quoted(resource)}.`
    : `${again} destroy that one first.`;
}
