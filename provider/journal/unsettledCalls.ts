import * as fs from "node:fs";
import { addressKey } from "../model/addresses";
import { noteOf, type ContactNote } from "../model/contactNote";
import { livenessOf, type Liveness } from "../processes/processIdentity";
import type { CallKind } from "./noteLine";
import { finishOnDisk, readRun, type RunFile, type UnfinishedNote } from "./runFile";
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
  /** When an add was last sent that was not confirmed, in milliseconds since 1970. Undefined for any other call. */
  readonly addSentAt?: number | undefined;
  readonly file: string;
  /** The note's id in its file. */
  readonly id: number;
}

/** A decrypted note: the call, and the stack again, because the first line of the file may be damaged. */
export interface UnsealedNote {
  readonly call: UnsettledCall;
  readonly stack: StackIdentity | undefined;
}

/** Decrypts the notes of a file, but for those that another key sealed or that are damaged: `stillSealed`. */
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
  const { id, call: kind, confirmed, sentAt } = note;
  const { of, ...properties } = JSON.parse(text) as Record<string, unknown> & { of?: StackIdentity };
  const instanceId = kind === "start" && confirmed !== undefined ? sealing.unseal(confirmed) : undefined;
  const enrollment = noteOf({
    ...properties,
    ...(instanceId ? { instanceId } : {}),
    ...(kind === "start" ? { startSentAt: sentAt } : {}),
  });
  const addSentAt = kind === "add" && confirmed === undefined ? sentAt : undefined;
  return { call: { ...enrollment, kind, confirmed: confirmed !== undefined, addSentAt, file, id }, stack: of };
}

/**
 * The unsettled calls of a stack's other runs, as the current run of that stack sees them. The current run holds the
 * stack's lock, so the others have ended.
 */
export class UnsettledCalls {
  private readonly runs: TrackedRun[];
  private readonly deadline = performance.now() + MAX_IN_FLIGHT_MS;

  /** @param files The files of the other runs, of this stack only. */
  constructor(files: readonly string[], sealing: Sealing) {
    this.runs = files.map((file) => new TrackedRun(file, sealing));
  }

  /** How many notes could not be decrypted. */
  get stillSealed(): number {
    return this.runs.reduce((sum, { stillSealed }) => sum + stillSealed, 0);
  }

  /** The unsettled calls for one address in one journey. */
  of(enrollment: { journeyId: string; email: string }): UnsettledCall[] {
    return this.runs.flatMap((run) => run.callsOf(addressKey(enrollment)));
  }

  /** The unsettled aborts of exactly this enrollment. */
  abortsOf(enrollment: Pick<ContactNote, "journeyId" | "email" | "instanceId">): UnsettledCall[] {
    return this.of(enrollment).filter(
      ({ kind, instanceId }) => kind === "abort" && instanceId === enrollment.instanceId,
    );
  }

  /**
   * Waits until no request of another run for an address can still be in flight: the run has ended, or, if that cannot
   * be seen from here, a request's longest possible time has passed. Then reads the notes again, to include the latest
   * ones.
   *
   * @returns The reason to hold the request back, if there is one: another run's engine is alive, so that run is still
   *   working on the stack.
   */
  async waitForInFlight(enrollment: { journeyId: string; email: string }): Promise<string | undefined> {
    for (const { file } of this.of(enrollment)) {
      const run = this.runs.find((one) => one.file === file);
      while (run !== undefined && run.liveness() !== "dead" && performance.now() < this.deadline) {
        if (run.isInProgress()) return `another run of the stack (pid ${run.pid}) is in progress`;
        await new Promise((resolve) => setTimeout(resolve, REFRESH_EVERY_MS));
      }
      run?.refresh();
    }
    return undefined;
  }

  /** Records on the disk that a call is settled. */
  settle(call: UnsettledCall): void {
    this.runs.find(({ file }) => file === call.file)?.settle(call);
  }
}

/**
 * After this time, a killed plugin's last request has its answer or never will: the longest timeout is 20 s, plus a
 * margin.
 */
export const MAX_IN_FLIGHT_MS = 25_000;
const REFRESH_EVERY_MS = 250;

/** The file of a run that may not have ended yet. It is read again and again until the run has ended. */
class TrackedRun {
  private run!: RunFile;
  /** By address key, then by the note's id. */
  private calls = new Map<string, Map<number, UnsettledCall>>();
  private isFinal = false;
  private refreshedAt = -Infinity;
  stillSealed = 0;

  constructor(
    readonly file: string,
    private readonly sealing: Sealing,
  ) {
    this.refresh();
  }

  get pid(): number | undefined {
    return this.run.header?.plugin.pid;
  }

  liveness(): Liveness {
    return this.isFinal ? "dead" : livenessOfRun(this.run);
  }

  isInProgress(): boolean {
    return isInProgress(this.run);
  }

  callsOf(key: string): UnsettledCall[] {
    if (performance.now() - this.refreshedAt >= REFRESH_EVERY_MS) this.refresh();
    return [...(this.calls.get(key)?.values() ?? [])];
  }

  settle(call: UnsettledCall): void {
    if (!this.calls.get(addressKey(call))?.delete(call.id)) return;
    const hasOthers =
      [...this.calls.values()].some(({ size }) => size > 0) || this.stillSealed > 0 || this.run.damaged > 0;
    if (hasOthers || !this.isFinal) finishOnDisk(this.file, [call.id]);
    else fs.rmSync(this.file, { force: true });
  }

  refresh(): void {
    if (this.isFinal) return;
    this.refreshedAt = performance.now();
    this.run = read(this.file);
    if (livenessOfRun(this.run) === "dead") {
      // It may have written more between the first read and its end.
      this.run = read(this.file);
      this.isFinal = true;
    }
    const { unsealed, stillSealed } = unsealNotes(this.run, this.sealing);
    this.stillSealed = stillSealed.length;
    this.calls = new Map();
    for (const { call } of unsealed) {
      const key = addressKey(call);
      this.calls.set(key, (this.calls.get(key) ?? new Map<number, UnsettledCall>()).set(call.id, call));
    }
  }
}

/** A file that no longer exists was finished by its run, or settled by another process. */
function read(file: string): RunFile {
  try {
    return readRun(file);
  } catch {
    return { file, notes: [], damaged: 0 };
  }
}

/** Whether the plugin that writes a file is alive. Undecided if the first line, which identifies it, is missing. */
export function livenessOfRun({ header }: RunFile): Liveness {
  return header === undefined ? "undecided" : livenessOf(header.plugin);
}

/** Whether a run is still in progress: both its plugin and its engine are alive. */
export function isInProgress(run: RunFile): boolean {
  const { engine } = run.header ?? {};
  return livenessOfRun(run) === "alive" && engine !== undefined && livenessOf(engine) === "alive";
}
