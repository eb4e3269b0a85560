import * as fs from "node:fs";
import { atMostEvery } from "../../async/atMostEvery";
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
  /** Whether a run of the stack is in progress on this machine that may send something. A `pulumi preview` sends nothing. */
  readonly isStackBusy: () => Promise<boolean>;
  /** The files of previews. */
  private readonly previews = new Set<string>();
  private readonly read = new Map<string, { readonly changedAt: number; readonly ids: ReadonlySet<number> }>();

  /**
   * @param isLocked Whether a run holds the stack's lock.
   * @param checkEveryMs How long a check counts, in milliseconds. Default: 200.
   */
  constructor(
    private readonly folder: string,
    private readonly stack: StackIdentity,
    private readonly isLocked: () => Promise<boolean>,
    checkEveryMs = CHECK_EVERY_MS,
  ) {
    this.isStackBusy = atMostEvery(checkEveryMs, () => this.look());
  }

  private async look(): Promise<boolean> {
    const current = runsOf(this.folder, this.stack).filter((run) => progressOf(run) === "in progress");
    if (current.some(({ hasHadNotes }) => hasHadNotes)) return true;
    // A run has the lock before it opens its file. So a file that was there while the stack was not locked is a preview's.
    const unknown = current.filter(({ file }) => !this.previews.has(file));
    if (unknown.length === 0) return false;
    if (await this.isLocked()) return true;
    for (const { file } of unknown) this.previews.add(file);
    return false;
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
