import * as path from "node:path";
import { noteOf, type ContactNote } from "../model/contactNote";
import { recoverAdvice } from "../text/recoverAdvice";
import { NotesOfOthers } from "./notesOfOthers";
import type { OtherRuns } from "./otherRuns";
import type { OwnNotes } from "./ownNotes";
import type { CallKind } from "./noteLine";
import { fullName } from "./stackIdentity";
import { mayHideStart, UnsettledCalls } from "./unsettledCalls";

/**
 * The crash journal of what one stack's runs start and abort, and of the contacts of its own that they add and archive.
 * It writes a note before such a request leaves, and finishes it once the engine has recorded the result. Other requests
 * have none: look-ups change nothing, and what is left may be sent again by any run. If a plugin is killed during a call,
 * its engine forgets the call completely (measured). The note is then the only record of it.
 */
export class Journal {
  /** The calls that other runs of the stack left unsettled. */
  readonly unsettled: UnsettledCalls;
  /** What runs of other stacks have noted on this machine. */
  readonly ofOthers: NotesOfOthers;

  constructor(
    private readonly ownNotes: OwnNotes,
    private readonly otherRuns: OtherRuns,
  ) {
    this.unsettled = new UnsettledCalls(
      otherRuns.ofStack.map(({ file }) => file),
      otherRuns.sealing,
    );
    const { stack, engine } = ownNotes;
    this.ofOthers = new NotesOfOthers({ folder: this.folder, stack, engine }, otherRuns.sealing);
  }

  /** The folder that holds the notes. */
  get folder(): string {
    return path.dirname(this.ownNotes.file);
  }

  /**
   * Writes a note of a call that is about to be sent.
   *
   * @throws {NodeJS.ErrnoException} The note could not be written. Nothing must be sent.
   */
  async addNote(kind: CallKind, enrollment: ContactNote): Promise<Note> {
    const { sealing } = this.otherRuns;
    // Each note repeats the stack, because the first line of the file may be damaged.
    const sealed = sealing.seal(JSON.stringify({ ...noteOf({ ...enrollment }), of: this.ownNotes.stack }));
    const id = await this.ownNotes.add(kind, sealed);
    const mayComeLate = kind === "start" || kind === "add" || (kind === "abort" && enrollment.instanceId === undefined);
    return {
      sentAgain: () => (mayComeLate ? this.ownNotes.updateSentAt(id) : undefined),
      confirm: (instanceId = "") => this.ownNotes.append({ id, confirmed: sealing.seal(instanceId) }),
      finish: () => this.ownNotes.finish(id),
    };
  }

  /** The paths of what cannot be read and may hold the note of a start of this stack. */
  get unreadStarts(): string[] {
    const { unknown, unreadable } = this.otherRuns;
    return [
      ...this.unsettled.unreadStarts,
      ...unknown.filter((run) => mayHideStart(run, run.notes)).map(({ file }) => file),
      ...unreadable.map(({ path: file }) => file),
    ];
  }

  /** What cannot be read in the files of other runs: one line for each kind. */
  warnings(): string[] {
    const { ofStack, unknown, unreadable } = this.otherRuns;
    const next = `${recoverAdvice(fullName(this.ownNotes.stack))}.`;
    const notes = this.unsettled.stillSealed + ofStack.reduce((sum, { damaged }) => sum + damaged, 0);
    const files = unknown.length + unreadable.length;
    return [
      ...(notes === 0
        ? []
        : [
            `A run of this stack was killed or failed. It left unfinished notes (${notes}) that are damaged or need another ` +
              `API key, so the outcome of these calls is not known. ${next}`,
          ]),
      ...(files === 0 ? [] : [`Notes that may belong to this stack cannot be read (files: ${files}). ${next}`]),
    ];
  }
}

/** The note of one call. */
export interface Note {
  /**
   * The request is about to be sent again. Updates the time in the note of a start, an add or an abort by address;
   * of any other call it does not matter.
   *
   * @throws {NodeJS.ErrnoException} The time could not be written. Nothing must be sent.
   */
  sentAgain(): void;
  /**
   * Mailmodo has confirmed the call.
   *
   * @param instanceId The instance that a start started. Default: none, as for an abort.
   */
  confirm(instanceId?: string): void;
  /** The call had no effect, or the engine has recorded its result. */
  finish(): void;
}
