import type { Enrollment } from "../model/enrollment";
import type { Journal, Note } from "../journal/journal";
import type { Call } from "../journal/runFile";
import { HeldError } from "../mailmodo/errors";
import { maskAddress } from "../text/masking";
import type { Connection } from "../mailmodo/transport";

import { AdvisedError } from "./advice";

/** A call whose note is written right before its first request leaves, and says when the last one did. */
export class NotedCall {
  private note: Note | undefined;
  private isFailed = false;

  constructor(
    private readonly journal: Journal,
    private readonly call: Call,
    private readonly enrollment: Enrollment,
  ) {}

  connection(to: Connection): Connection {
    return { ...to, objection: async (request) => (await to.objection(request)) ?? (await this.problem()) };
  }

  confirm(instanceId: string | undefined, to: Note[]): void {
    this.note?.confirm(instanceId);
    this.keep(to);
  }

  /** Leaves the note to those that are finished when the engine has recorded the answer. */
  keep(to: Note[]): void {
    if (this.note !== undefined) to.push(this.note);
  }

  finish(): void {
    this.note?.finish();
  }

  /** The error of a call, with what helps where it could not be noted. */
  advised(error: unknown): unknown {
    if (!this.isFailed || !(error instanceof Error)) return error;
    const next = "Make room there, or set PULUMI_HOME to a folder that can be written to.";
    return new AdvisedError(error, next);
  }

  /** @throws {HeldError} It could not be noted. */
  async write(): Promise<void> {
    const problem = await this.problem();
    if (problem !== undefined) throw heldBack(this.call, this.enrollment, problem);
  }

  /** Writes the note. @returns Why the request must not leave, if it must not. */
  private async problem(): Promise<string | undefined> {
    try {
      if (this.note === undefined) this.note = await this.journal.note(this.call, this.enrollment);
      else this.note.sentAgain();
      return undefined;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      this.isFailed = true;
      return `it could not be noted in ${this.journal.folder} (${code})`;
    }
  }
}

/** An error that says that a call was held back before anything was sent. */
export function heldBack(
  operation: Call,
  { journeyId, email }: { journeyId: string; email: string },
  why: string,
): HeldError {
  return new HeldError({ operation, journeyId, subject: maskAddress(email) }, `${why}. Nothing was sent.`);
}
