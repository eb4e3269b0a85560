import * as fs from "node:fs";
import { addressKey, mailboxKey } from "../model/addresses";
import type { ContactNote } from "../model/contactNote";
import { livenessOf, type Liveness } from "../processes/processIdentity";
import { finishOnDisk, readRun, type RunFile, type UnfinishedNote } from "./runFile";
import { progressOf } from "./runProgress";
import type { Sealing } from "./sealing";
import { unsealNotes, type UnsettledCall } from "./unsealedNotes";

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
    return this.runs.reduce((sum, { stillSealed }) => sum + stillSealed.length, 0);
  }

  /** The files with notes that cannot be read and may be of a start. */
  get unreadStarts(): string[] {
    return this.runs.filter((run) => run.mayHideStart()).map(({ file }) => file);
  }

  /** The unsettled calls for one address in one journey. */
  of(enrollment: { journeyId: string; email: string }): UnsettledCall[] {
    return this.runs.flatMap((run) => run.callsOf(addressKey(enrollment)));
  }

  /** The unsettled starts of a mailbox, in any journey. */
  startsOf(email: string): UnsettledCall[] {
    const calls = this.runs.flatMap((run) => run.callsOfMailbox(mailboxKey(email)));
    return calls.filter(({ kind }) => kind === "start");
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
      while (run !== undefined && run.liveness() !== "dead") {
        if (run.isInProgress()) return `another run of the stack (pid ${run.pid}) is in progress`;
        if (performance.now() >= this.deadline) break;
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
/** A file that another process may write is looked at again after this time. */
export const REFRESH_EVERY_MS = 250;

/** The file of a run that may not have ended yet. It is read again and again until the run has ended. */
class TrackedRun {
  private run!: RunFile;
  /** By address key, then by the note's id. */
  private calls = new Map<string, Map<number, UnsettledCall>>();
  /** The address keys of a mailbox's calls, also of those that are settled. */
  private addressKeys = new Map<string, Set<string>>();
  private isFinal = false;
  private refreshedAt = -Infinity;
  stillSealed: readonly UnfinishedNote[] = [];

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
    return progressOf(this.run) === "in progress";
  }

  mayHideStart(): boolean {
    return mayHideStart(this.run, this.stillSealed);
  }

  callsOf(key: string): UnsettledCall[] {
    if (performance.now() - this.refreshedAt >= REFRESH_EVERY_MS) this.refresh();
    return [...(this.calls.get(key)?.values() ?? [])];
  }

  callsOfMailbox(mailbox: string): UnsettledCall[] {
    if (performance.now() - this.refreshedAt >= REFRESH_EVERY_MS) this.refresh();
    return [...(this.addressKeys.get(mailbox) ?? [])].flatMap((key) => [...(this.calls.get(key)?.values() ?? [])]);
  }

  settle(call: UnsettledCall): void {
    if (!this.calls.get(addressKey(call))?.delete(call.id)) return;
    const hasOthers =
      [...this.calls.values()].some(({ size }) => size > 0) || this.stillSealed.length > 0 || this.run.damaged > 0;
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
    this.stillSealed = stillSealed;
    this.calls = new Map();
    this.addressKeys = new Map();
    for (const { call } of unsealed) {
      const key = addressKey(call);
      this.calls.set(key, (this.calls.get(key) ?? new Map<number, UnsettledCall>()).set(call.id, call));
      const mailbox = mailboxKey(call.email);
      this.addressKeys.set(mailbox, (this.addressKeys.get(mailbox) ?? new Set<string>()).add(key));
    }
  }
}

/** A file that no longer exists was finished by its run, or settled by another process. */
function read(file: string): RunFile {
  try {
    return readRun(file);
  } catch {
    return { file, notes: [], damaged: 0, hasHadNotes: false };
  }
}

/** Whether a damaged line, or one of the notes that do not open, may be of a start. The kind of a note is not sealed. */
export function mayHideStart({ damaged }: RunFile, stillSealed: readonly UnfinishedNote[]): boolean {
  return damaged > 0 || stillSealed.some(({ call }) => call === "start");
}

/** Whether the plugin that writes a file is alive. Undecided if the first line, which identifies it, is missing. */
export function livenessOfRun({ file, header }: RunFile): Liveness {
  return header === undefined ? "undecided" : livenessOf(header.plugin, file);
}
