import { readRuns, type RunFile } from "../../journal/runFile";
import { progressOf, type RunProgress } from "../../journal/runProgress";
import { belongsTo, type StackIdentity } from "../../journal/stackIdentity";

/** Unfinished notes of calls. */
export interface Leftover {
  readonly calls: number;
  /** When the oldest of them was sent, in milliseconds since 1970. Undefined if all of them are damaged. */
  readonly since?: number;
}

/** The notes that a stack's runs have left. Those of a run in progress are left out. */
export interface StackLeftovers {
  /** Of runs that have ended. */
  readonly ended?: Leftover;
  /** Of runs that may have ended or be in progress. */
  readonly undecided?: Leftover;
}

/** The notes of runs of a stack that is not in the backend. */
export interface LeftoverOfGone extends Leftover {
  /** `organization/project/stack`. */
  readonly fullName: string;
  /** Whether these runs have certainly ended. */
  readonly hasEnded: boolean;
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

  of(stack: StackIdentity): StackLeftovers {
    return leftoversOf(this.runsOf(stack));
  }

  /**
   * What runs have left of stacks that are not in the backend any more, sorted by name.
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
        const { ended, undecided } = leftoversOf(runs);
        return [
          ...(ended === undefined ? [] : [{ fullName, hasEnded: true, ...ended }]),
          ...(undecided === undefined ? [] : [{ fullName, hasEnded: false, ...undecided }]),
        ];
      })
      .sort((one, other) => (one.fullName < other.fullName ? -1 : 1));
  }
}

function leftoversOf(runs: readonly RunFile[]): StackLeftovers {
  const withNotes = runs.filter((run) => callsOf(run) > 0);
  const having = (progress: RunProgress) => leftoverOf(withNotes.filter((run) => progressOf(run) === progress));
  const [ended, undecided] = [having("ended"), having("undecided")];
  return { ...(ended === undefined ? {} : { ended }), ...(undecided === undefined ? {} : { undecided }) };
}

function leftoverOf(runs: readonly RunFile[]): Leftover | undefined {
  if (runs.length === 0) return undefined;
  const since = Math.min(...runs.flatMap(({ notes }) => notes.map(({ sentAt }) => sentAt)));
  const calls = runs.reduce((sum, run) => sum + callsOf(run), 0);
  return { calls, ...(Number.isFinite(since) ? { since } : {}) };
}

function callsOf({ notes, damaged }: RunFile): number {
  return notes.length + damaged;
}
