import { addressKey } from "../../model/addresses";
import type { Enrollment } from "../../model/enrollment";
import { abortJourney, type AbortRequest } from "../../mailmodo/client";
import { RefusedError, UnconfirmedError } from "../../mailmodo/errors";
import type { Connection } from "../../mailmodo/transport";
import { connectionAdvice } from "../../settings/connectionAdvice";
import type { OtherStacks } from "../../pulumi/otherStacks";
import type { CurrentRuns } from "./currentRuns";
import type { Again } from "./nextCommands";
import { count, describeEnrollment } from "../../text/wording";

/** Sends the aborts of one recovery, and collects their problems. */
export class Aborts {
  /** How many enrollments ran or may have run, and now certainly do not. */
  aborted = 0;
  /** What a person must handle before the state can be written, one line each. */
  readonly problems: string[] = [];
  /** What cannot be decided, and does not affect the state, one line each. */
  readonly undecided: string[] = [];
  private alreadyEnded = 0;
  private readonly addresses = new Set<string>();

  /**
   * @param connect Makes a connection for one abort, with a deadline of its own.
   * @param again Says how to recover again.
   * @param reasonToStop Why nothing more may be aborted by address, if another run works on the stack. Default: nothing.
   */
  constructor(
    private readonly otherStacks: Pick<OtherStacks, "findStack">,
    private readonly currentRuns: Pick<CurrentRuns, "isStackBusy">,
    private readonly connect: () => Connection,
    private readonly again: Again,
    private readonly log: (line: string) => void,
    private readonly reasonToStop: () => Promise<string | undefined> = async () => undefined,
  ) {}

  /**
   * Aborts an enrollment. Aborting by address stops everything that runs for the address, so this first looks at all
   * stacks.
   *
   * @param enrollment With when a killed run sent an abort by address that may take effect yet, if one did.
   * @param isNeeded Whether the recovery depends on this abort. If not, a failure is only logged: the abort of an
   *   instance that somebody has removed from the state by hand may always fail. Default: true.
   * @returns Whether the matter is settled: the enrollment certainly does not run, or a failed abort was not needed.
   */
  async abort(enrollment: Enrollment & Pick<AbortRequest, "abortSentAt">, isNeeded = true): Promise<boolean> {
    const { journeyId, email, instanceId, startSentAt, abortSentAt, abortReason: reason } = enrollment;
    const isByAddress = instanceId === undefined;
    // The other stacks are read before the abort's minute begins, because that may take longer than a minute.
    if (isByAddress) await this.otherStacks.findStack(enrollment).catch(() => undefined);
    try {
      // The next recover would know no more of the start, and the lock that tells of its run is gone by then.
      const request = { journeyId, email, instanceId, reason, startSentAt, abortSentAt, outlastsDeadline: true };
      const connection = this.connect();
      const reasonToHold = () => this.reasonNotToAbort(enrollment);
      const words = await abortJourney(isByAddress ? { ...connection, reasonToHold } : connection, request);
      this.countAborted(enrollment, words);
      return true;
    } catch (error) {
      return this.handleFailure(error as Error, isNeeded);
    }
  }

  /**
   * Why an abort by address must not be sent, or undefined. Asked before each request, because the abort may be repeated a
   * minute later.
   */
  private async reasonNotToAbort(enrollment: Enrollment): Promise<string | undefined> {
    if (this.currentRuns.isStackBusy()) return this.reasonBusy();
    try {
      const stack = await this.otherStacks.findStack(enrollment);
      if (stack !== undefined)
        return (
          `whether it runs is not known, and the stack ${stack} enrolls the address too, which an abort by address would ` +
          `stop as well. Check the journey in Mailmodo, or remove the address from ${stack} and ${this.again()}`
        );
    } catch (error) {
      return `whether another stack enrolls the address is not known: ${(error as Error).message.replace(/\.$/, "")}`;
    }
    return this.reasonToStop();
  }

  /** Why nothing may be sent by address, if another run works on the stack. */
  async reasonToWait(): Promise<string | undefined> {
    return this.currentRuns.isStackBusy() ? this.reasonBusy() : this.reasonToStop();
  }

  private reasonBusy(): string {
    return `a run of the stack has begun. Wait for it, then ${this.again()}`;
  }

  /** A pending operation is aborted even if the note of its start has been. That finds nothing, and counts once. */
  private countAborted(enrollment: Enrollment, words: string | undefined): void {
    const key = addressKey(enrollment);
    if (words === undefined) this.log(`Aborted ${describeEnrollment(enrollment)}.`);
    else if (this.addresses.has(key)) return;
    else this.alreadyEnded += 1;
    this.addresses.add(key);
    this.aborted += 1;
  }

  private handleFailure(error: Error, isNeeded: boolean): boolean {
    const isRefused = error instanceof RefusedError;
    // An attempt before the refusal was lost, and may take effect yet.
    const isTemporary = error instanceof UnconfirmedError || (isRefused && error.abortSentAt !== undefined);
    if (isNeeded || !(isTemporary || isRefused)) {
      const ifOver = `If that means that it has ended, add a phrase of Mailmodo's words to mailmodo:alreadyOver, and ${this.again()}.`;
      const advice = connectionAdvice(error) ?? (isRefused ? ifOver : undefined);
      this.problems.push([error.message, advice].filter(Boolean).join(" "));
      return false;
    }
    this.log(
      `${error.message} No stack records it, so ${isTemporary ? "the next recover tries again" : "recover does not try again"}.`,
    );
    return !isTemporary;
  }

  /** The name of the other stack that records an enrollment, if any; or why the other stacks could not be read. */
  async otherStackWith(enrollment: Enrollment): Promise<{ readonly stack?: string; readonly problem?: string }> {
    try {
      const stack = await this.otherStacks.findStack(enrollment);
      return stack === undefined ? {} : { stack };
    } catch (error) {
      const { message } = error as Error;
      return {
        problem: `${message} So ${describeEnrollment(enrollment)} was left alone, because another stack may record it.`,
      };
    }
  }

  /** Logs one line for all aborts that had nothing to abort. */
  logAlreadyEnded(): void {
    if (this.alreadyEnded === 0) return;
    this.log(`Nothing was left to abort for ${count(this.alreadyEnded, "start or abort", "starts or aborts")}.`);
  }
}
