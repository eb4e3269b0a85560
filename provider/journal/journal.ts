import * as path from "node:path";
import { enrollmentOf, type Enrollment } from "../model/enrollment";
import type { LeftRuns } from "./leftRuns";
import type { OwnNotes } from "./ownNotes";
import type { Call } from "./runFile";
import { UnsettledCalls } from "./unsettledCalls";

/**
 * Notes of the starts and aborts of one stack, each written before the request leaves, and finished once the engine has
 * recorded what came of it. When a plugin is killed in a call, its engine forgets the call as if it had never been
 * (measured); the note is then all that is left of it.
 */
export class Journal {
  /** What other runs of the stack have left. */
  readonly unsettled: UnsettledCalls;

  constructor(
    private readonly own: OwnNotes,
    private readonly left: LeftRuns,
  ) {
    this.unsettled = new UnsettledCalls(
      left.own.map(({ file }) => file),
      left.sealing,
    );
  }

  /** Where the notes are. */
  get folder(): string {
    return path.dirname(this.own.file);
  }

  /**
   * Notes a call that is about to be sent.
   *
   * @throws {NodeJS.ErrnoException} It could not be noted. Nothing must be sent.
   */
  async note(call: Call, enrollment: Enrollment): Promise<Note> {
    const { sealing } = this.left;
    // The stack once more: the first line of the file may get damaged.
    const sealed = sealing.seal(JSON.stringify({ ...enrollmentOf({ ...enrollment }), of: this.own.stack }));
    const id = await this.own.add(call, sealed);
    return {
      sentAgain: () => this.own.append({ id, sentAt: Date.now() }),
      confirm: (instanceId = "") => this.own.append({ id, confirmed: sealing.seal(instanceId) }),
      finish: () => this.own.finish(id),
    };
  }

  /** What of other runs cannot be read: one line for each kind. */
  complaints(): string[] {
    const { own, unknown, unreadable } = this.left;
    const next = "Run pulumi-mailmodo recover, which says what to do.";
    const notes = this.unsettled.closed + own.reduce((sum, { damaged }) => sum + damaged, 0);
    const files = unknown.length + unreadable.length;
    return [
      ...(notes === 0
        ? []
        : [
            `A run of this stack that was killed, or failed, left notes of calls (${notes}) that need another API key to ` +
              `be read, or are damaged, so what became of them is not known. ${next}`,
          ]),
      ...(files === 0 ? [] : [`Notes of calls that may be of this stack cannot be read (files: ${files}). ${next}`]),
    ];
  }
}

/** One call that was noted. */
export interface Note {
  sentAgain(): void;
  /** Mailmodo said that it is done; of a start, which instance it started. */
  confirm(instanceId?: string): void;
  /** Nothing came of the call, or the engine has recorded what did. */
  finish(): void;
}
