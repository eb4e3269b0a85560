import type { Enrollment } from "../../model/enrollment";
import { abortJourney } from "../../mailmodo/client";
import { RefusedError, UnconfirmedError } from "../../mailmodo/errors";
import type { Connection } from "../../mailmodo/transport";
import { baseUrlAdvice } from "../../settings/baseUrlAdvice";
import type { OtherStacks } from "../../pulumi/otherStacks";
import type { Present } from "./present";
import { count, describe } from "../../text/describe";

/** The aborts of one recovery, and what went wrong with them. */
export class Aborts {
  /** How many enrollments ran or may have run, and surely do not any more. */
  aborted = 0;
  /** What a person must look at, one line each. */
  readonly problems: string[] = [];
  /** What cannot be decided, and what nothing in the state depends on. */
  readonly undecided: string[] = [];
  private nothingLeft = 0;

  /** @param connect Gives each abort a connection, with a time of its own. */
  constructor(
    private readonly others: Pick<OtherStacks, "whichHas">,
    private readonly present: Pick<Present, "isStackBusy">,
    private readonly connect: () => Connection,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Whether the enrollment surely does not run any more. Aborting by address stops whatever runs for the address, so all
   * stacks are asked first.
   *
   * @param isNeeded Whether anything depends on it. An abort of an instance that was taken out of the state since, by hand,
   *   may fail for ever.
   */
  async abort(enrollment: Enrollment, isNeeded = true): Promise<boolean> {
    const { journeyId, email, instanceId, startSentAt, abortReason: reason } = enrollment;
    if (instanceId === undefined && !(await this.isNobodyElses(enrollment))) return false;
    try {
      const request = { journeyId, email, instanceId, reason, startSentAt };
      const words = await abortJourney(this.connect(), request);
      if (words === undefined) this.log(`Aborted ${describe(enrollment)}.`);
      else this.nothingLeft += 1;
      this.aborted += 1;
      return true;
    } catch (error) {
      return this.fail(error as Error, isNeeded);
    }
  }

  private fail(error: Error, isNeeded: boolean): boolean {
    const isPassing = error instanceof UnconfirmedError;
    if (isNeeded || !(isPassing || error instanceof RefusedError)) {
      this.problems.push([error.message, baseUrlAdvice(error)].filter(Boolean).join(" "));
      return false;
    }
    this.log(
      `${error.message} No stack records it, so ${isPassing ? "the next recover tries again" : "it is left at that"}.`,
    );
    return !isPassing;
  }

  private async isNobodyElses(enrollment: Enrollment): Promise<boolean> {
    if (this.present.isStackBusy()) {
      this.problems.push(
        `A run of the stack has begun, so ${describe(enrollment)} was left alone. Wait for it, then recover again.`,
      );
      return false;
    }
    const other = await this.otherStackWith(enrollment);
    if (other !== undefined && other !== UNKNOWN_STACK) {
      this.problems.push(
        `Whether ${describe(enrollment)} runs is not known, and the stack ${other} enrolls the address too: aborting by ` +
          `address would stop that one. Look at the journey in Mailmodo; or take the address out of ${other} and recover again.`,
      );
    }
    return other === undefined;
  }

  /** Which other stack records it; if that cannot be found out, it is a problem, and nothing must be aborted. */
  async otherStackWith(enrollment: Enrollment, problems = this.problems) {
    try {
      return await this.others.whichHas(enrollment);
    } catch (error) {
      problems.push(
        `${(error as Error).message} So ${describe(enrollment)} was left alone: whether another stack records it is not known.`,
      );
      return UNKNOWN_STACK;
    }
  }

  /** One line for all that had nothing to abort. */
  conclude(): void {
    if (this.nothingLeft === 0) return;
    this.log(`Nothing was left to abort for ${count(this.nothingLeft, "start or abort", "starts or aborts")}.`);
  }
}

export const UNKNOWN_STACK = Symbol("a stack that could not be read");
