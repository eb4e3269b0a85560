import { readRuns, type RunFile } from "../../journal/runFile";
import { belongsTo, type StackIdentity } from "../../journal/stackIdentity";
import { isInProgress } from "../../journal/unsettledCalls";

/** Notes of calls that ended runs of a stack have left unfinished. */
export interface Leftover {
  readonly calls: number;
  /** When the oldest of them was sent, in milliseconds since 1970. Undefined if all of them are damaged. */
  readonly since?: number;
}

/** The crash journal of this machine, for all stacks. What the notes say stays sealed: that needs the API key. */
export class Leftovers {
  private readonly runs: readonly RunFile[];
  /** The files that cannot be read, or whose stack only the API key reveals. */
  readonly unknown: readonly string[];

  constructor(folder: string) {
    const { runs, unreadable } = readRuns(folder);
    this.runs = runs.filter(({ header }) => header !== undefined);
    const withoutStack = runs.filter((run) => run.header === undefined && callsOf(run) > 0);
    this.unknown = [...withoutStack.map(({ file }) => file), ...unreadable.map(({ path }) => path)].sort();
  }

  /** The files of a stack's runs. */
  runsOf(stack: StackIdentity): RunFile[] {
    return this.runs.filter(({ header }) => belongsTo(header!.stack, stack));
  }

  /** What ended runs have left of a stack. Undefined if nothing. */
  of(stack: StackIdentity): Leftover | undefined {
    const runs = this.runsOf(stack).filter((run) => callsOf(run) > 0 && !isInProgress(run));
    if (runs.length === 0) return undefined;
    const since = Math.min(...runs.flatMap(({ notes }) => notes.map(({ sentAt }) => sentAt)));
    const calls = runs.reduce((sum, run) => sum + callsOf(run), 0);
    return { calls, ...(Number.isFinite(since) ? { since } : {}) };
  }
}

function callsOf({ notes, damaged }: RunFile): number {
  return notes.length + damaged;
}
