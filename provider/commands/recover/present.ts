import * as fs from "node:fs";
import { readRun, readRuns, type RunFile } from "../../journal/runFile";
import { isOf, type StackIdentity } from "../../journal/stackIdentity";
import { isAtWork, type UnsettledCall } from "../../journal/unsettledCalls";

/** What runs of a stack have written. */
export function runsOf(folder: string, stack: StackIdentity): RunFile[] {
  return readRuns(folder).runs.filter(({ header }) => header !== undefined && isOf(header.stack, stack));
}

/**
 * What is true by now. A recover holds no lock, so a new run may have begun since it looked, or another recover may have
 * settled a call and the address may have been started again: aborting by address would stop that.
 */
export class Present {
  private lookedAt = -Infinity;
  private isBusy = false;
  private readonly read = new Map<string, { readonly changedAt: number; readonly ids: ReadonlySet<number> }>();

  constructor(
    private readonly folder: string,
    private readonly stack: StackIdentity,
  ) {}

  /** Whether a run of the stack is at work, on this machine. */
  isStackBusy(): boolean {
    const now = performance.now();
    if (now - this.lookedAt >= LOOK_EVERY_MS) {
      this.lookedAt = now;
      this.isBusy = runsOf(this.folder, this.stack).some(isAtWork);
    }
    return this.isBusy;
  }

  /** Whether nobody has settled a call since. */
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

const LOOK_EVERY_MS = 200;
