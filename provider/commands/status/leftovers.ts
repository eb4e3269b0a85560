import { readRuns, type RunFile } from "../../journal/runFile";
import { belongsTo, type StackIdentity } from "../../journal/stackIdentity";
import { isInProgress } from "../../journal/unsettledCalls";

/** Notes of calls that ended runs of a stack have left unfinished. */
export interface Leftover {
  readonly calls: number;
  /** When the oldest of them was sent, in milliseconds since 1970. Undefined if all of them are damaged. */
  readonly since?: number;
}

/** The same of a stack that is not in the backend. */
export interface LeftoverOfGone extends Leftover {
  /** `organization/project/stack`. */
  readonly fullName: string;
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
    return leftoverOf(this.runsOf(stack));
  }

  /**
   * What ended runs have left of stacks that are not in the backend any more, sorted by name.
   *
   * @param known The stacks that are in the backend.
   * @param project Their project. Undefined for all projects.
   */
  ofGoneStacks(backend: string, project: string | undefined, known: readonly StackIdentity[]): LeftoverOfGone[] {
    const gone = new Map<string, RunFile[]>();
    for (const run of this.runs) {
      const { stack } = run.header!;
      if (stack.backend !== backend || (project !== undefined && stack.project !== project)) continue;
      if (known.some((one) => belongsTo(stack, one))) continue;
      const fullName = [stack.organization, stack.project, stack.stack].filter(Boolean).join("/");
      gone.set(fullName, [...(gone.get(fullName) ?? []), run]);
    }
    return [...gone]
      .flatMap(([fullName, runs]) => {
        const leftover = leftoverOf(runs);
        return leftover === undefined ? [] : [{ fullName, ...leftover }];
      })
      .sort((one, other) => (one.fullName < other.fullName ? -1 : 1));
  }
}

function leftoverOf(all: readonly RunFile[]): Leftover | undefined {
  const runs = all.filter((run) => callsOf(run) > 0 && !isInProgress(run));
  if (runs.length === 0) return undefined;
  const since = Math.min(...runs.flatMap(({ notes }) => notes.map(({ sentAt }) => sentAt)));
  const calls = runs.reduce((sum, run) => sum + callsOf(run), 0);
  return { calls, ...(Number.isFinite(since) ? { since } : {}) };
}

function callsOf({ notes, damaged }: RunFile): number {
  return notes.length + damaged;
}
