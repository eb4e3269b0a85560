import { noteOf, type ContactNote } from "../model/contactNote";
import type { CallKind } from "./noteLine";
import type { RunFile, UnfinishedNote } from "./runFile";
import type { Sealing } from "./sealing";
import type { StackIdentity } from "./stackIdentity";

/**
 * A call whose note a run left unfinished: its plugin was killed, or the call failed half-way. The engine is not known
 * to have recorded the result.
 */
export interface UnsettledCall extends ContactNote {
  readonly kind: CallKind;
  /** Whether Mailmodo confirmed the call. */
  readonly confirmed: boolean;
  /**
   * When an add was last sent, in milliseconds since 1970, if an attempt of it may have been lost: it was not confirmed, or
   * was sent more than once. Undefined for any other call.
   */
  readonly addSentAt?: number | undefined;
  /** The same for an abort by address. */
  readonly abortSentAt?: number | undefined;
  readonly file: string;
  /** The note's id in its file. */
  readonly id: number;
}

/** A decrypted note: the call, and the stack again, because the first line of the file may be damaged. */
export interface UnsealedNote {
  readonly call: UnsettledCall;
  readonly stack: StackIdentity | undefined;
}

/**
 * Decrypts the notes of a file. `stillSealed` holds the notes that cannot be decrypted: another key sealed them, or they
 * are damaged.
 */
export function unsealNotes(
  { file, notes }: RunFile,
  sealing: Sealing,
): { unsealed: UnsealedNote[]; stillSealed: UnfinishedNote[] } {
  const unsealed: UnsealedNote[] = [];
  const stillSealed: UnfinishedNote[] = [];
  for (const note of notes) {
    const text = sealing.unseal(note.sealed);
    if (text === undefined) stillSealed.push(note);
    else unsealed.push(unsealNote(note, text, file, sealing));
  }
  return { unsealed, stillSealed };
}

function unsealNote(note: UnfinishedNote, text: string, file: string, sealing: Sealing): UnsealedNote {
  const { id, call: kind, confirmed, sentAt, isSentAgain = false } = note;
  const { of, ...properties } = JSON.parse(text) as Record<string, unknown> & { of?: StackIdentity };
  const instanceId = kind === "start" && confirmed !== undefined ? sealing.unseal(confirmed) : undefined;
  const enrollment = noteOf({
    ...properties,
    ...(instanceId ? { instanceId } : {}),
    ...(kind === "start" ? { startSentAt: sentAt } : {}),
  });
  const mayBeLost = confirmed === undefined || isSentAgain;
  const lost = {
    ...(kind === "add" && mayBeLost ? { addSentAt: sentAt } : {}),
    ...(kind === "abort" && enrollment.instanceId === undefined && mayBeLost ? { abortSentAt: sentAt } : {}),
  };
  return { call: { ...enrollment, kind, confirmed: confirmed !== undefined, ...lost, file, id }, stack: of };
}
