import { isSameProcess, type ProcessIdentity } from "../processes/processIdentity";
import { readRuns, type RunFile } from "./runFile";
import { Sealing } from "./sealing";
import { isNamesake, isOf, type StackIdentity } from "./stackIdentity";
import { openNotes } from "./unsettledCalls";

/** What other runs have written into a journal's folder, as one stack sees it. */
export interface LeftRuns {
  readonly sealing: Sealing;
  /** Of the stack itself. */
  readonly own: readonly RunFile[];
  /** Of other stacks of the project, in the same backend. */
  readonly others: readonly RunFile[];
  /** Of a stack of the same project and name in another backend or organization. */
  readonly foreign: readonly RunFile[];
  /** Of which nothing tells the stack, and which hold notes. */
  readonly unknown: readonly RunFile[];
  /** What cannot be read at all: another user's, say. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
}

export interface LeftRunsOptions {
  readonly folder: string;
  readonly stack: StackIdentity;
  readonly apiKey: string;
  /** The key before a rotation. It is asked for where what may be the stack's was sealed with another. */
  readonly formerApiKey: () => Promise<string | undefined>;
  /** The engine whose run asks: what its own plugins write is not left by another. */
  readonly engine?: ProcessIdentity | undefined;
}

export async function leftRuns({ folder, stack, apiKey, formerApiKey, engine }: LeftRunsOptions): Promise<LeftRuns> {
  const { runs, unreadable } = readRuns(folder);
  const written = runs.filter(({ header }) => header === undefined || !isOfThisRun(header, engine));
  const sealing = await sealingFor(written, stack, apiKey, formerApiKey);
  const stacks = new Map(written.map((run) => [run, stackOf(run, sealing)]));
  const ofStack = (fits: (one: StackIdentity) => boolean) =>
    written.filter((run) => {
      const one = stacks.get(run);
      return one !== undefined && fits(one);
    });
  return {
    sealing,
    own: ofStack((one) => isOf(one, stack)),
    others: ofStack((one) => one.backend === stack.backend && one.project === stack.project && !isNamesake(one, stack)),
    foreign: ofStack((one) => isNamesake(one, stack) && !isOf(one, stack)),
    unknown: written.filter((run) => stacks.get(run) === undefined && run.notes.length + run.damaged > 0),
    unreadable,
  };
}

function isOfThisRun({ plugin, engine }: NonNullable<RunFile["header"]>, ownEngine: ProcessIdentity | undefined) {
  return isSameProcess(plugin) || (engine !== undefined && ownEngine !== undefined && isSameProcess(engine, ownEngine));
}

async function sealingFor(
  runs: readonly RunFile[],
  stack: StackIdentity,
  apiKey: string,
  formerApiKey: () => Promise<string | undefined>,
): Promise<Sealing> {
  const sealing = new Sealing(apiKey);
  const mayBeOwn = runs.filter(({ header }) => header === undefined || isOf(header.stack, stack));
  const former = mayBeOwn.some((run) => openNotes(run, sealing).closed.length > 0) ? await formerApiKey() : undefined;
  return former === undefined ? sealing : new Sealing(apiKey, [former]);
}

/** The stack that a file is of; where its first line is damaged, its notes tell as well. */
function stackOf(run: RunFile, sealing: Sealing): StackIdentity | undefined {
  if (run.header !== undefined) return run.header.stack;
  return openNotes(run, sealing).opened.find(({ stack }) => stack !== undefined)?.stack;
}
