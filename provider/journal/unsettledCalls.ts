import * as fs from "node:fs";
import { markOf } from "../model/addresses";
import { enrollmentOf, type Enrollment } from "../model/enrollment";
import { fateOf, type Fate } from "../processes/processIdentity";
import { finishOnDisk, readRun, type Call, type RunFile, type UnfinishedNote } from "./runFile";
import type { Sealing } from "./sealing";
import type { StackIdentity } from "./stackIdentity";

/**
 * A call that a run noted and did not finish: its plugin was killed, or the call failed half-way. The engine cannot be
 * known to have recorded what came of it.
 */
export interface UnsettledCall extends Enrollment {
  readonly call: Call;
  /** Whether Mailmodo had answered that it was done. */
  readonly confirmed: boolean;
  readonly file: string;
  /** Of the note in its file. */
  readonly id: number;
}

/** What the API key opens of a note: an enrollment, and its stack once more, for a first line may be damaged. */
export interface OpenNote {
  readonly call: UnsettledCall;
  readonly stack: StackIdentity | undefined;
}

/** Opens the notes of a file. `closed` are those that another key sealed, or that are damaged. */
export function openNotes(
  { file, notes }: RunFile,
  sealing: Sealing,
): { opened: OpenNote[]; closed: UnfinishedNote[] } {
  const opened: OpenNote[] = [];
  const closed: UnfinishedNote[] = [];
  for (const note of notes) {
    const text = sealing.open(note.sealed);
    if (text === undefined) closed.push(note);
    else opened.push(openNote(note, text, file, sealing));
  }
  return { opened, closed };
}

function openNote(note: UnfinishedNote, text: string, file: string, sealing: Sealing): OpenNote {
  const { id, call, confirmed, sentAt } = note;
  const { of, ...properties } = JSON.parse(text) as Record<string, unknown> & { of?: StackIdentity };
  const instanceId = call === "start" && confirmed !== undefined ? sealing.open(confirmed) : undefined;
  const enrollment = enrollmentOf({
    ...properties,
    ...(instanceId ? { instanceId } : {}),
    ...(call === "start" ? { startSentAt: sentAt } : {}),
  });
  return { call: { ...enrollment, call, confirmed: confirmed !== undefined, file, id }, stack: of };
}

/** What other runs of one stack have left, for a run of it that is at work: it holds the stack's lock, so they are over. */
export class UnsettledCalls {
  private readonly runs: TrackedRun[];
  private readonly deadline = performance.now() + OUTLIVED_MS;

  /** @param files What the other runs have written, of this stack alone. */
  constructor(files: readonly string[], sealing: Sealing) {
    this.runs = files.map((file) => new TrackedRun(file, sealing));
  }

  /** How many notes need another key. */
  get closed(): number {
    return this.runs.reduce((sum, { closed }) => sum + closed, 0);
  }

  /** The unsettled calls for one address in one journey. */
  of(enrollment: { journeyId: string; email: string }): UnsettledCall[] {
    return this.runs.flatMap((run) => run.callsOf(markOf(enrollment)));
  }

  /** Those that abort just this enrollment. */
  abortsOf(enrollment: Pick<Enrollment, "journeyId" | "email" | "instanceId">): UnsettledCall[] {
    return this.of(enrollment).filter(
      ({ call, instanceId }) => call === "abort" && instanceId === enrollment.instanceId,
    );
  }

  /**
   * Waits until nothing that other runs sent for an address can be on its way any more: they have ended, or, where that
   * cannot be seen from here, the longest time that a request can take is over. What they noted until then counts.
   *
   * @returns What is in the way, if something is: an engine lives, so it has not lost the lock by dying.
   */
  async outlive(enrollment: { journeyId: string; email: string }): Promise<string | undefined> {
    for (const { file } of this.of(enrollment)) {
      const run = this.runs.find((one) => one.file === file);
      while (run !== undefined && run.fate() !== "dead" && performance.now() < this.deadline) {
        if (run.isAtWork()) return `another run of the stack (pid ${run.pid}) is at work`;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
      run?.look();
    }
    return undefined;
  }

  settle(call: UnsettledCall): void {
    this.runs.find(({ file }) => file === call.file)?.settle(call);
  }
}

/** A killed plugin's last request has its answer, or never will, after so long: 20 s for it, and some. */
export const OUTLIVED_MS = 25_000;
const LOOK_EVERY_MS = 250;

/** The file of a run that may not have ended yet: it is read again until it has. */
class TrackedRun {
  private run!: RunFile;
  /** By the mark of the address and journey, then by the note's id. */
  private calls = new Map<string, Map<number, UnsettledCall>>();
  private isFinal = false;
  private lookedAt = -Infinity;
  closed = 0;

  constructor(
    readonly file: string,
    private readonly sealing: Sealing,
  ) {
    this.look();
  }

  get pid(): number | undefined {
    return this.run.header?.plugin.pid;
  }

  fate(): Fate {
    return this.isFinal ? "dead" : fateOfRun(this.run);
  }

  isAtWork(): boolean {
    return isAtWork(this.run);
  }

  callsOf(mark: string): UnsettledCall[] {
    if (performance.now() - this.lookedAt >= LOOK_EVERY_MS) this.look();
    return [...(this.calls.get(mark)?.values() ?? [])];
  }

  settle(call: UnsettledCall): void {
    if (!this.calls.get(markOf(call))?.delete(call.id)) return;
    const left = [...this.calls.values()].some(({ size }) => size > 0) || this.closed > 0;
    if (left || !this.isFinal) finishOnDisk(this.file, [call.id]);
    else fs.rmSync(this.file, { force: true });
  }

  look(): void {
    if (this.isFinal) return;
    this.lookedAt = performance.now();
    this.run = read(this.file);
    if (fateOfRun(this.run) === "dead") {
      // All that it has written is there only now.
      this.run = read(this.file);
      this.isFinal = true;
    }
    const { opened, closed } = openNotes(this.run, this.sealing);
    this.closed = closed.length;
    this.calls = new Map();
    for (const { call } of opened) {
      const mark = markOf(call);
      this.calls.set(mark, (this.calls.get(mark) ?? new Map<number, UnsettledCall>()).set(call.id, call));
    }
  }
}

/** A file that is gone was finished, or settled by another. */
function read(file: string): RunFile {
  try {
    return readRun(file);
  } catch {
    return { file, notes: [], damaged: 0 };
  }
}

/** What became of the process that writes a file. Without a first line that cannot be told. */
export function fateOfRun({ header }: RunFile): Fate {
  return header === undefined ? "undecided" : fateOf(header.plugin);
}

/** Whether a run goes on: its plugin lives, and so does the engine that it works for. */
export function isAtWork(run: RunFile): boolean {
  const { engine } = run.header ?? {};
  return fateOfRun(run) === "alive" && engine !== undefined && fateOf(engine) === "alive";
}
