import type { ContactNote } from "../model/contactNote";
import type { Journal, Note } from "../journal/journal";
import type { CallKind } from "../journal/noteLine";
import { HeldError } from "../mailmodo/errors";
import { maskAddress } from "../text/masking";
import type { Connection } from "../mailmodo/transport";
import { AdvisedError } from "./advice";

/** A note whose call was answered. The engine is about to write the result into the state. */
export interface AnsweredNote {
  readonly note: Pick<Note, "finish">;
  readonly enrollment: ContactNote;
  /** What the state must show before the note is finished. */
  readonly expected: ExpectedState;
}

/**
 * What a state shows of an enrollment: its instance, an unconfirmed start, or nothing. Either: an abort by address, after
 * which the address may have been started again; and a call that changed nothing. Of a contact: that it is recorded
 * with what an add sent, or that it is not recorded.
 */
export type ExpectedState = "instance" | "unconfirmed start" | "nothing" | "either" | "contact" | "no contact";

/**
 * A call that the journal has a note of. The note is written right before the first request, and updated before each
 * retry.
 */
export class JournaledCall {
  private note: Note | undefined;
  private couldNotWriteNote = false;

  constructor(
    private readonly journal: Journal,
    private readonly kind: CallKind,
    private readonly enrollment: ContactNote,
  ) {}

  /**
   * A connection that writes or updates the note before each request of the call. It holds the request back if that
   * fails.
   */
  connection(to: Connection): Connection {
    return { ...to, reasonToHold: async (request) => (await to.reasonToHold(request)) ?? (await this.writeNote()) };
  }

  /** Notes that Mailmodo confirmed the start of an instance. */
  confirmStart(instanceId: string): AnsweredNote[] {
    this.note?.confirm(instanceId);
    return this.answered({ ...this.enrollment, instanceId }, "instance");
  }

  /** Notes that Mailmodo confirmed the abort. */
  confirmAbort(): AnsweredNote[] {
    this.note?.confirm();
    return this.answered(this.enrollment, this.enrollment.instanceId === undefined ? "either" : "nothing");
  }

  /**
   * Notes that Mailmodo confirmed a call about a contact. Until the state shows the result, only the notes of killed runs tell
   * of an add that they lost. So these are finished with this one.
   */
  confirmContact(expected: "contact" | "no contact"): AnsweredNote[] {
    this.note?.confirm();
    const { unsettled } = this.journal;
    const earlier = unsettled.of(this.enrollment).map((call) => {
      return { note: { finish: () => unsettled.settle(call) }, enrollment: this.enrollment, expected };
    });
    return [...this.answered(this.enrollment, expected), ...earlier];
  }

  /** The start may have taken effect. The state will say so, with the time of its last attempt. */
  leaveUnconfirmed(startSentAt: number | undefined): AnsweredNote[] {
    return this.answered({ ...this.enrollment, startSentAt }, "unconfirmed start");
  }

  /**
   * The abort failed, and what the state says of the enrollment stays true: no attempt of it may have taken effect or, of one
   * by address, may take effect yet on what is started next.
   */
  failAbort(): AnsweredNote[] {
    return this.answered(this.enrollment, "either");
  }

  private answered(enrollment: ContactNote, expected: ExpectedState): AnsweredNote[] {
    return this.note === undefined ? [] : [{ note: this.note, enrollment, expected }];
  }

  finish(): void {
    this.note?.finish();
  }

  /** Adds advice to the error of a call if its note could not be written. */
  advised(error: unknown): unknown {
    if (!this.couldNotWriteNote || !(error instanceof Error)) return error;
    return new AdvisedError(error, "Free disk space there, or set PULUMI_HOME to a writable folder.");
  }

  /**
   * Writes the note although no request is sent.
   *
   * @throws {HeldError} The note could not be written.
   */
  async writeNoteOnly(): Promise<void> {
    const problem = await this.writeNote();
    if (problem !== undefined) throw heldError(this.kind, this.enrollment, problem);
  }

  /**
   * Writes or updates the note.
   *
   * @returns Why the request must not be sent, or undefined if it may.
   */
  private async writeNote(): Promise<string | undefined> {
    try {
      if (this.note === undefined) this.note = await this.journal.addNote(this.kind, this.enrollment);
      else this.note.sentAgain();
      return undefined;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      this.couldNotWriteNote = true;
      return `it could not be recorded in ${this.journal.folder} (${code})`;
    }
  }
}

/** The error of a call that was held back before anything was sent. */
export function heldError(
  operation: CallKind,
  { journeyId, email }: { journeyId: string; email: string },
  why: string,
): HeldError {
  const subject = maskAddress(email);
  const isOfContact = operation === "add" || operation === "archive";
  const call = isOfContact ? { operation, subject } : { operation, journeyId, subject };
  return new HeldError(call, why);
}
