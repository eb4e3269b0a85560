import { isSameProcess, type ProcessIdentity } from "../processes/processIdentity";
import { readRuns, type RunFile } from "./runFile";
import { Sealing } from "./sealing";
import { hasSameName, belongsTo, type StackIdentity } from "./stackIdentity";
import { unsealNotes } from "./unsettledCalls";

/** The files of other runs in a journal's folder, sorted by how they relate to one stack. */
export interface OtherRuns {
  readonly sealing: Sealing;
  /** Runs of the stack itself. */
  readonly ofStack: readonly RunFile[];
  /** Runs of other stacks of the project, in the same backend. */
  readonly ofOtherStacks: readonly RunFile[];
  /** Runs of a stack with the same project and name in another backend or organization. */
  readonly ofNamesakes: readonly RunFile[];
  /** Files that hold notes, but whose stack cannot be determined. */
  readonly unknown: readonly RunFile[];
  /** Paths that cannot be read at all, for example another user's. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
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
  const stacks = new Map(others.map((run) => [run, stackOf(run, sealing)]));
  const runsWith = (fits: (one: StackIdentity) => boolean) =>
    others.filter((run) => {
      const one = stacks.get(run);
      return one !== undefined && fits(one);
    });
  return {
    sealing,
    ofStack: runsWith((one) => belongsTo(one, stack)),
    ofOtherStacks: runsWith(
      (one) => one.backend === stack.backend && one.project === stack.project && !hasSameName(one, stack),
    ),
    ofNamesakes: runsWith((one) => hasSameName(one, stack) && !belongsTo(one, stack)),
    unknown: others.filter((run) => stacks.get(run) === undefined && run.notes.length + run.damaged > 0),
    unreadable,
  };
}

function isFromThisRun({ plugin, engine }: NonNullable<RunFile["header"]>, ownEngine: ProcessIdentity | undefined) {
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
function stackOf(run: RunFile, sealing: Sealing): StackIdentity | undefined {
  if (run.header !== undefined) return run.header.stack;
  return unsealNotes(run, sealing).unsealed.find(({ stack }) => stack !== undefined)?.stack;
}
