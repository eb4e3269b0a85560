import type { Enrollment } from "../model/enrollment";
import type { Journal, Note } from "../journal/journal";
import type { Call } from "../journal/runFile";
import { HeldError } from "../mailmodo/errors";
import { maskAddress } from "../text/masking";
import type { Connection } from "../mailmodo/transport";
import { AdvisedError } from "./advice";

/** A note whose call has a result, which the engine is about to write into the state. */
export interface AnsweredNote {
  readonly note: Note;
  readonly enrollment: Enrollment;
  /** Whether the state must hold the enrollment, or must not, before the note is finished. Undefined: either will do. */
  readonly isRecorded: boolean | undefined;
}

/**
 * A call that is recorded in the journal: its note is written right before the first request, and updated before each
 * retry.
 */
export class RecordedCall {
  private note: Note | undefined;
  private recordingFailed = false;

  constructor(
    private readonly journal: Journal,
    private readonly call: Call,
    private readonly enrollment: Enrollment,
  ) {}

  /** A connection that records each request of the call before it is sent, and holds the request back if that fails. */
  connection(to: Connection): Connection {
    return { ...to, objection: async (request) => (await to.objection(request)) ?? (await this.record()) };
  }

  /** Records that Mailmodo confirmed the start of an instance. */
  confirmStart(instanceId: string): AnsweredNote[] {
    this.note?.confirm(instanceId);
    return this.answered({ ...this.enrollment, instanceId }, true);
  }

  /** Records that Mailmodo confirmed the abort. */
  confirmAbort(): AnsweredNote[] {
    this.note?.confirm();
    // Without an instance id, the state may hold the address again by then.
    return this.answered(this.enrollment, this.enrollment.instanceId === undefined ? undefined : false);
  }

  /** The call failed, and the state will say so. */
  fail(): AnsweredNote[] {
    return this.answered(this.enrollment, undefined);
  }

  private answered(enrollment: Enrollment, isRecorded: boolean | undefined): AnsweredNote[] {
    return this.note === undefined ? [] : [{ note: this.note, enrollment, isRecorded }];
  }

  finish(): void {
    this.note?.finish();
  }

  /** Adds advice to the error of a call if the call could not be recorded. */
  advised(error: unknown): unknown {
    if (!this.recordingFailed || !(error instanceof Error)) return error;
    return new AdvisedError(error, "Make room there, or set PULUMI_HOME to a writable folder.");
  }

  /**
   * Records the call although no request is sent.
   *
   * @throws {HeldError} The call could not be recorded.
   */
  async recordOnly(): Promise<void> {
    const problem = await this.record();
    if (problem !== undefined) throw heldError(this.call, this.enrollment, problem);
  }

  /**
   * Writes or updates the note.
   *
   * @returns Why the request must not be sent, or undefined if it may.
   */
  private async record(): Promise<string | undefined> {
    try {
      if (this.note === undefined) this.note = await this.journal.record(this.call, this.enrollment);
      else this.note.sentAgain();
      return undefined;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      this.recordingFailed = true;
      return `it could not be recorded in ${this.journal.folder} (${code})`;
    }
  }
}

/** The error of a call that was held back before anything was sent. */
export function heldError(
  operation: Call,
  { journeyId, email }: { journeyId: string; email: string },
  why: string,
): HeldError {
  return new HeldError({ operation, journeyId, subject: maskAddress(email) }, `${why}. Nothing was sent.`);
}
