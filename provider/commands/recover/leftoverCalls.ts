import * as fs from "node:fs";
import type { OtherRuns, RunOfStack } from "../../journal/otherRuns";
import { finishOnDisk, readRun, type RunFile } from "../../journal/runFile";
import { progressOf } from "../../journal/runProgress";
import { describeStack } from "../../journal/stackIdentity";
import { unsealNotes, type UnsettledCall } from "../../journal/unsealedNotes";
import { livenessOfRun } from "../../journal/unsettledCalls";
import { unreadableAdvice } from "../../text/recoverAdvice";
import { count } from "../../text/wording";
import type { Again } from "./nextCommands";

export interface LeftoverCallsOptions {
  readonly runs: OtherRuns;
  /** The stack's name, as the user gave it. */
  readonly name: string;
  /** Reads the names of the project's stacks. Called only if a run of another stack left notes. */
  readonly namesOfStacks: () => Promise<ReadonlySet<string>>;
  /** Whether the stack's state records an instance. */
  readonly isRecorded: (instanceId: string) => boolean;
  /** Says how to recover again. */
  readonly again: Again;
  readonly lockDeadAfterMs?: number | undefined;
  readonly runIsOver?: boolean | undefined;
}

/** The calls of a stack that runs left unsettled when they ended. */
export interface LeftoverCalls {
  /** The runs of the stack itself and of stacks that no longer exist, whose calls nobody else will settle. */
  readonly runs: readonly RunFile[];
  readonly calls: readonly UnsettledCall[];
  /** What cannot be decided from here, one line each. */
  readonly undecided: readonly string[];
  /** Whether every note was read that may be the stack's. */
  readonly areComplete: boolean;
}

export async function leftoverCalls(options: LeftoverCallsOptions): Promise<LeftoverCalls> {
  const { runs, name } = options;
  const others = runs.ofOtherStacks.filter(hasNotes);
  const names = others.length > 0 ? await options.namesOfStacks() : new Set<string>();
  const stackExists = ({ stack }: RunOfStack) => names.has(stack.stack ?? "");
  const ofGoneStacks = others.filter((run) => !stackExists(run));
  const calls = others.filter(stackExists).flatMap((run) => movedAborts(run, options));
  const undecided: string[] = [];
  const unreadable: RunFile[] = [];
  for (const run of [...runs.ofStack, ...ofGoneStacks].filter(hasNotes)) {
    const reason = reasonToLeave(run, options);
    if (reason !== undefined) {
      undecided.push(reason);
      continue;
    }
    const { unsealed, stillSealed } = unsealNotes(run, runs.sealing);
    calls.push(...unsealed.map(({ call }) => call));
    if (stillSealed.length + run.damaged > 0) unreadable.push({ ...run, notes: stillSealed });
  }
  if (unreadable.length > 0) undecided.push(unreadableProblem(unreadable, options.again));
  for (const run of runs.unknown) undecided.push(unknownProblem(run, options.again));
  for (const { path: file, code } of runs.unreadable) {
    undecided.push(`${file} cannot be read (${code}): it may hold notes of this stack. ${unreadableAdvice(code)}`);
  }
  const areComplete = undecided.length === 0;
  const foreign = runs.foreign.filter(hasNotes).filter((one) => livenessOfRun(one) !== "alive");
  for (const run of foreign) undecided.push(foreignProblem(run, name));
  return { runs: [...runs.ofStack, ...ofGoneStacks], calls, undecided, areComplete };
}

/**
 * Marks the notes of settled calls as finished on the disk, and removes the files of dead runs that hold no other
 * notes.
 */
export function finishNotes({ runs }: LeftoverCalls, settled: readonly UnsettledCall[]): void {
  const idsOf = (file: string) => settled.filter((call) => call.file === file).map(({ id }) => id);
  for (const run of runs) {
    const ids = new Set(idsOf(run.file));
    // The file is read again, because it may have been written to meanwhile. Removing it works even on a full disk.
    if (isDead(run) && !hasNotes(without(ids, read(run)))) fs.rmSync(run.file, { force: true });
  }
  for (const file of new Set(settled.map((call) => call.file))) finishOnDisk(file, idsOf(file));
}

/**
 * Whether plugin and engine are dead. The engine's lock has been freed, so the file's header is no longer needed for
 * that.
 */
function isDead(run: RunFile): boolean {
  return livenessOfRun(run) === "dead" && progressOf(run) === "ended";
}

function without(ids: ReadonlySet<number>, run: RunFile): RunFile {
  return { ...run, notes: run.notes.filter(({ id }) => !ids.has(id)) };
}

function read(run: RunFile): RunFile {
  try {
    return readRun(run.file);
  } catch {
    return run;
  }
}

function hasNotes({ notes, damaged }: RunFile): boolean {
  return notes.length + damaged > 0;
}

/**
 * Another stack's unsettled aborts of enrollments that this stack's state now records: they were moved here, or the
 * stack was renamed.
 */
function movedAborts(run: RunFile, { runs, isRecorded }: LeftoverCallsOptions): UnsettledCall[] {
  if (livenessOfRun(run) !== "dead") return [];
  return unsealNotes(run, runs.sealing)
    .unsealed.map(({ call }) => call)
    .filter(({ kind, instanceId }) => kind === "abort" && instanceId !== undefined && isRecorded(instanceId));
}

/** Why the notes of a run must be left alone, or undefined if they can be settled. */
function reasonToLeave(
  run: RunOfStack,
  { runs, name, again, lockDeadAfterMs = Infinity, runIsOver = false }: LeftoverCallsOptions,
): string | undefined {
  const liveness = livenessOfRun(run);
  if (liveness === "dead") return undefined;
  const of = runs.ofStack.includes(run) ? name : describeStack(run.stack, "former stack");
  const { pid, host } = run.header?.plugin ?? {};
  const whose = pid === undefined ? "" : ` (pid ${pid} on ${host})`;
  const notes = count(run.notes.length + run.damaged, "call");
  if (progressOf(run) === "in progress")
    return `A run of ${of}${whose} is in progress, with ${notes}. Wait for it, then ${again()}.`;
  const newest = Math.max(run.header?.since ?? 0, ...run.notes.map(({ sentAt }) => sentAt));
  if (liveness === "undecided" && (runIsOver || Date.now() - newest >= lockDeadAfterMs)) return undefined;
  return (
    `A run of ${of}${whose} left notes of ${notes} in ${run.file}, and whether it has ended cannot be determined from here. ` +
    `If you know that it has ended, ${again("--run-is-over")}.`
  );
}

function unreadableProblem(runs: readonly RunFile[], again: Again): string {
  const calls = runs.reduce((sum, { notes, damaged }) => sum + notes.length + damaged, 0);
  return (
    `${count(calls, "unsettled call")} cannot be read: damaged, or sealed with another API key. Put the key that was used at ` +
    `that time into MAILMODO_API_KEY and ${again()}. If that does not help, check the journey in Mailmodo and delete ` +
    `${runs.map(({ file }) => file).join(" and ")}.`
  );
}

function foreignProblem({ file, stack, notes, damaged }: RunOfStack, name: string): string {
  const { organization } = stack;
  return (
    `A run of ${describeStack(stack)}, in another backend or organization than ${name}, left notes of ` +
    `${count(notes.length + damaged, "call")} in ${file}. Recover it there: set PULUMI_BACKEND_URL to that backend, or log in ` +
    `to it with pulumi login${organization === undefined ? "" : `; its organization is ${organization}`}.`
  );
}

function unknownProblem({ file, notes, damaged }: RunFile, again: Again): string {
  return (
    `${file} holds ${count(notes.length + damaged, "unfinished note")} of an unknown stack: its first line is ` +
    `damaged, and another API key is needed to read the rest. Put that key into MAILMODO_API_KEY and ${again()}; or ` +
    "check the journeys in Mailmodo and delete the file."
  );
}
