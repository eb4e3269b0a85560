import { isSameProcess, type ProcessIdentity } from "../processes/processIdentity";
import { readRuns, type RunFile, type RunHeader } from "./runFile";
import { Sealing } from "./sealing";
import { belongsTo, hasSameName, isSibling, type StackIdentity } from "./stackIdentity";
import { unsealNotes } from "./unsealedNotes";

/** The files of other runs in a journal's folder, sorted by how they relate to one stack. */
export interface OtherRuns {
  readonly sealing: Sealing;
  /** Runs of the stack itself. */
  readonly ofStack: readonly RunOfStack[];
  /** Runs of other stacks of the project, in the same backend and organization. */
  readonly ofOtherStacks: readonly RunOfStack[];
  /**
   * Runs of stacks of a project of the same name that cannot be looked at from here: of any stack of another
   * organization, and of a stack of the same name in another backend.
   */
  readonly foreign: readonly RunOfStack[];
  /** Files that hold notes, but whose stack cannot be determined. */
  readonly unknown: readonly RunFile[];
  /** Paths that cannot be read at all, for example another user's. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
}

/** A run's file, and the stack that its first line names or, if that is damaged, its notes. */
export interface RunOfStack extends RunFile {
  readonly stack: StackIdentity;
}

export interface OtherRunsOptions {
  readonly folder: string;
  readonly stack: StackIdentity;
  readonly apiKey: string;
  /**
   * Fetches the key from before a rotation. Called only if notes that may be the stack's were sealed with another key.
   */
  readonly formerApiKey: () => Promise<string | undefined>;
  /** The engine of the current run: the files of its own plugins are left out. */
  readonly engine?: ProcessIdentity | undefined;
}

export async function readOtherRuns({
  folder,
  stack,
  apiKey,
  formerApiKey,
  engine,
}: OtherRunsOptions): Promise<OtherRuns> {
  const { runs, unreadable } = readRuns(folder);
  const others = runs.filter(({ header }) => header === undefined || !isFromThisRun(header, engine));
  const sealing = await sealingFor(others, stack, apiKey, formerApiKey);
  const known: RunOfStack[] = [];
  const unknown: RunFile[] = [];
  for (const run of others) {
    const runsStack = stackOf(run, sealing);
    if (runsStack !== undefined) known.push({ ...run, stack: runsStack });
    else if (run.notes.length + run.damaged > 0) unknown.push(run);
  }
  const isOwn = (run: RunOfStack) => belongsTo(run.stack, stack);
  const isOther = (run: RunOfStack) => isSibling(run.stack, stack) && !isOwn(run);
  return {
    sealing,
    ofStack: known.filter(isOwn),
    ofOtherStacks: known.filter(isOther),
    foreign: known.filter((run) => !isOwn(run) && !isOther(run) && isForeign(run.stack, stack)),
    unknown,
    unreadable,
  };
}

/** Whether a stack of the project has another organization, or the same name in another backend. */
function isForeign(one: StackIdentity, stack: StackIdentity): boolean {
  return one.project === stack.project && (one.backend === stack.backend || hasSameName(one, stack));
}

/** Whether the current run writes a file. @param ownEngine Its engine. */
export function isFromThisRun({ plugin, engine }: RunHeader, ownEngine: ProcessIdentity | undefined): boolean {
  return isSameProcess(plugin) || (engine !== undefined && ownEngine !== undefined && isSameProcess(engine, ownEngine));
}

async function sealingFor(
  runs: readonly RunFile[],
  stack: StackIdentity,
  apiKey: string,
  formerApiKey: () => Promise<string | undefined>,
): Promise<Sealing> {
  const sealing = new Sealing(apiKey);
  const mayBeOwn = runs.filter(({ header }) => header === undefined || belongsTo(header.stack, stack));
  const former = mayBeOwn.some((run) => unsealNotes(run, sealing).stillSealed.length > 0)
    ? await formerApiKey()
    : undefined;
  return former === undefined ? sealing : new Sealing(apiKey, [former]);
}

/** The stack that a file belongs to. If its first line is damaged, the notes name the stack. */
export function stackOf(run: RunFile, sealing: Sealing): StackIdentity | undefined {
  if (run.header !== undefined) return run.header.stack;
  return unsealNotes(run, sealing).unsealed.find(({ stack }) => stack !== undefined)?.stack;
}
