import type { Journal } from "../journal/journal";
import type { UnsettledCall } from "../journal/unsealedNotes";
import type { StartRequest } from "../mailmodo/client";
import { RefusedError, UnconfirmedError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import type { Enrollment } from "../model/enrollment";
import { recoverAdvice } from "../text/recoverAdvice";
import { AdvisedError, adviceOnMove, mayHaveTakenEffect, withoutAdvice } from "./advice";
import { heldError, JournaledCall, type AnsweredNote } from "./journaledCall";
import { mayEndTheNext, outlastAbort, requestAbort, startAfterAborts } from "./requestAbort";
import { session, type Session } from "./session";

/** Loaded by the first request. With axios it is most of the package's load time, and a preview sends nothing. */
const client = () => import("../mailmodo/client");

/**
 * One create, update or delete. Each request is recorded in the journal before it is sent. The notes are finished at
 * the end of the run, once the state shows their results. The notes of calls without an answer, and of those whose
 * result the engine could not write, stay for the next run.
 */
export class Operation {
  private readonly answered: AnsweredNote[] = [];
  /** Those of the aborts that succeeded. */
  private readonly aborted: AnsweredNote[] = [];

  private constructor(private readonly session: Session) {}

  /** Runs an operation for the engine. A plugin that must end finishes the operation first. */
  static run<T>(work: (operation: Operation) => Promise<T>): Promise<T> {
    return session.engine.whileBusy(async () => {
      const operation = new Operation(session);
      try {
        return await work(operation);
      } finally {
        operation.session.journals.finishAtEnd([...operation.answered, ...operation.aborted]);
      }
    });
  }

  /** Leaves the notes of the aborts unfinished for the next run: the engine will not record what the aborts did. */
  leaveAbortsUnfinished(): void {
    this.aborted.length = 0;
  }

  /**
   * Starts a journey and returns the instance id. First aborts what killed runs of the same stack may have started for
   * the address, which the engine knows nothing of.
   *
   * @throws {UnconfirmedError} The journey may have been started. After any other error it was not started.
   */
  async start(to: Connection, enrollment: StartRequest & Enrollment): Promise<string> {
    const journal = await this.session.journals.of(to, enrollment.stack);
    await this.advising("start", () => this.settleEarlier(journal, to, enrollment));
    if (this.session.refuseSuppressed()) await this.session.suppressionCheck.refuse(to, enrollment);
    const { startJourney } = await client();
    const journaledCall = new JournaledCall(journal, "start", enrollment);
    const { thisRun } = this.session;
    const begun = await this.advising("start", () => startAfterAborts(thisRun, journal.ofOthers, to, enrollment));
    try {
      const instanceId = await startJourney(journaledCall.connection(to), enrollment);
      this.answered.push(...journaledCall.confirmStart(instanceId));
      begun.confirm(instanceId);
      return instanceId;
    } catch (error) {
      if (!(error instanceof UnconfirmedError)) {
        journaledCall.finish();
        begun.forget();
        throw await this.explained(journaledCall.advised(error), enrollment);
      }
      this.answered.push(...journaledCall.leaveUnconfirmed(error.startSentAt));
      throw error;
    }
  }

  /** A refusal with what to do: if the address was moved in the program, where it runs. */
  private async explained(refusal: unknown, enrollment: Enrollment): Promise<unknown> {
    const cause = withoutAdvice(refusal);
    const runsAlready = cause instanceof RefusedError && cause.mayRunAlready;
    const urn = runsAlready ? await this.session.otherEnrollments.runningInStack(enrollment) : undefined;
    return urn === undefined
      ? this.session.advised(refusal, "start")
      : new AdvisedError(refusal as Error, adviceOnMove(urn));
  }

  /**
   * Aborts an enrollment: by its instance id, or by address if the id is not known.
   *
   * @param willRestart Whether the enrollment is started again next. If so, any other resource of this stack with the
   *   address has already left the program, so the abort may go ahead. Default: false.
   * @returns Mailmodo's words if there was nothing left to abort, otherwise undefined.
   */
  async abort(to: Connection, enrollment: Enrollment, willRestart = false): Promise<string | undefined> {
    const journal = await this.session.journals.of(to, enrollment.stack);
    return this.advising("abort", () => this.sendAbort(journal, to, enrollment, willRestart));
  }

  /** Settles the calls that earlier runs of the stack left unsettled for the address. */
  private async settleEarlier(journal: Journal, to: Connection, enrollment: StartRequest): Promise<void> {
    const reason = await journal.unsettled.waitForInFlight(enrollment);
    if (reason !== undefined) throw heldError("start", enrollment, reason);
    for (const call of journal.unsettled.of(enrollment)) {
      if (call.kind === "start") await this.settleStart(journal, to, call, enrollment.allowDuplicateEmail);
      else await outlastAbort(to, call);
      // With allowDuplicateEmail, the abort may be of another instance. That instance's own resource needs the note.
      const isOfAnother = call.kind === "abort" && (enrollment.allowDuplicateEmail || call.allowDuplicateEmail);
      if (!isOfAnother) journal.unsettled.settle(call);
    }
  }

  /**
   * Aborts what a killed run may have started, unless a state records it.
   *
   * @param isDuplicateAllowed Whether other instances of this stack may run for the address by now. An abort by address
   *   would stop them as well, so that is left to `pulumi-mailmodo recover`, which knows which ones are recorded.
   */
  private async settleStart(
    journal: Journal,
    to: Connection,
    call: Enrollment,
    isDuplicateAllowed: boolean,
  ): Promise<void> {
    const { otherEnrollments } = this.session;
    const held = (why: string) => heldError("start", call, `${KILLED}, and ${why} ${recoverAdvice(call.stack)}`);
    if (call.instanceId === undefined && (isDuplicateAllowed || call.allowDuplicateEmail))
      throw held("with allowDuplicateEmail it would be started twice.");
    const reason = await otherEnrollments.reasonNotToAbort(call, true);
    if (reason !== undefined) throw held(`${reason.why}.`);
    const isRecorded = await otherEnrollments.isRecorded(call).catch((error: Error) => {
      throw held(`whether a stack records it is not known: ${error.message}`);
    });
    if (!isRecorded) await this.sendAbort(journal, to, call, true);
  }

  private async sendAbort(
    journal: Journal,
    to: Connection,
    enrollment: Enrollment,
    willRestart: boolean,
  ): Promise<string | undefined> {
    const check = () => this.reasonNotToAbort(enrollment, willRestart);
    // Checked before the operation's minute begins, because this may take longer than a minute.
    const reason = await check();
    if (reason !== undefined) throw heldError("abort", enrollment, reason);
    // Checked again before each request, because an abort by address may be repeated a minute later.
    const reasonToHold: Connection["reasonToHold"] = async (request) =>
      (await check()) ?? (await to.reasonToHold(request));

    const earlier = journal.unsettled.abortsOf(enrollment);
    const journaledCall = new JournaledCall(journal, "abort", enrollment);
    try {
      // An earlier run has the confirmation already. A repeat might be refused in any words, so none is sent.
      const isDone = enrollment.instanceId !== undefined && earlier.some(({ confirmed }) => confirmed);
      if (isDone) await journaledCall.writeNoteOnly();
      const words = isDone
        ? undefined
        : await this.session.thisRun.aborting(
            enrollment,
            requestAbort(journaledCall.connection({ ...to, reasonToHold }), enrollment, earlier),
          );
      this.aborted.push(...journaledCall.confirmAbort());
      this.session.thisRun.ended(enrollment);
      for (const call of journal.unsettled.of(enrollment))
        if (isSettledBy(enrollment, call)) journal.unsettled.settle(call);
      return words;
    } catch (error) {
      // If the abort may have taken effect, its note stays unfinished: the state will say that the instance runs, which
      // is not certain. Without an instance id, the state itself shows that the start is unconfirmed; but not that the abort
      // may take effect yet, on what is started next.
      const mayMatter = enrollment.instanceId === undefined ? mayEndTheNext(error) : mayHaveTakenEffect(error);
      if (!mayMatter) this.answered.push(...journaledCall.failAbort());
      throw journaledCall.advised(error);
    }
  }

  /** Why an abort by address must not be sent, or undefined. */
  private async reasonNotToAbort(enrollment: Enrollment, willRestart: boolean): Promise<string | undefined> {
    const reason = await this.session.otherEnrollments.reasonNotToAbort(enrollment, willRestart);
    return reason && `whether it was started is not known, and ${reason.why}. ${reason.next}`;
  }

  private async advising<T>(call: "start" | "abort", work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.session.advised(error, call);
    }
  }
}

/**
 * Whether the abort of an enrollment settles a call: an earlier abort of it, or the start of its instance. A run that
 * could not finish its notes leaves that of the start although the state has the instance.
 */
function isSettledBy({ instanceId }: Enrollment, call: UnsettledCall): boolean {
  return call.instanceId === instanceId && (call.kind === "abort" || instanceId !== undefined);
}

const KILLED = "a killed run of this stack may have started it";
