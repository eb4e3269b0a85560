import * as fs from "node:fs";
import { readRun, readRuns, type RunFile } from "../../journal/runFile";
import { progressOf } from "../../journal/runProgress";
import { belongsTo, type StackIdentity } from "../../journal/stackIdentity";
import type { UnsettledCall } from "../../journal/unsealedNotes";

/** The journal files of a stack's runs. */
export function runsOf(folder: string, stack: StackIdentity): RunFile[] {
  return readRuns(folder).runs.filter(({ header }) => header !== undefined && belongsTo(header.stack, stack));
}

/**
 * Checks again, right before an abort by address, what other processes do to a stack. A recovery holds no lock, so a
 * new run may have begun meanwhile. Another recovery may also have settled a call, and the address may have been
 * started again. Aborting by address would stop that.
 */
export class CurrentRuns {
  private checkedAt = -Infinity;
  private isBusy = false;
  private readonly read = new Map<string, { readonly changedAt: number; readonly ids: ReadonlySet<number> }>();

  constructor(
    private readonly folder: string,
    private readonly stack: StackIdentity,
  ) {}

  /** Whether a run of the stack is in progress on this machine. */
  isStackBusy(): boolean {
    const now = performance.now();
    if (now - this.checkedAt >= CHECK_EVERY_MS) {
      this.checkedAt = now;
      this.isBusy = runsOf(this.folder, this.stack).some((run) => progressOf(run) === "in progress");
    }
    return this.isBusy;
  }

  /** Whether a call is still unsettled on the disk. */
  isUnsettled({ file, id }: UnsettledCall): boolean {
    try {
      const { mtimeMs: changedAt } = fs.statSync(file);
      const known = this.read.get(file);
      const ids = known?.changedAt === changedAt ? known.ids : new Set(readRun(file).notes.map((note) => note.id));
      this.read.set(file, { changedAt, ids });
      return ids.has(id);
    } catch {
      return false;
    }
  }
}

const CHECK_EVERY_MS = 200;
