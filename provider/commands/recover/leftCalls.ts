import * as fs from "node:fs";
import * as path from "node:path";
import type { LeftRuns } from "../../journal/leftRuns";
import { finishOnDisk, readRun, type RunFile } from "../../journal/runFile";
import { describeStack } from "../../journal/stackIdentity";
import { fateOfRun, isAtWork, openNotes, type UnsettledCall } from "../../journal/unsettledCalls";
import { fateOf } from "../../processes/processIdentity";
import { count } from "../../text/describe";

export interface LeftCallsOptions {
  readonly left: LeftRuns;
  /** The stack's name, as the user says it. */
  readonly name: string;
  /** The names of the project's stacks, which are asked for where another one than this left something. */
  readonly namesOfStacks: () => Promise<ReadonlySet<string>>;
  /** Whether the stack records an instance. */
  readonly isRecorded: (instanceId: string) => boolean;
  readonly lockDeadAfterMs?: number | undefined;
  readonly runIsOver?: boolean | undefined;
}

/** What runs that are over have left unsettled for a stack, and, one line each, what cannot be decided from here. */
export interface LeftCalls {
  /** Of the stack itself, and of such that are not there any more: nobody else will settle what these left. */
  readonly own: readonly RunFile[];
  readonly calls: readonly UnsettledCall[];
  readonly undecided: readonly string[];
}

export async function leftCalls(options: LeftCallsOptions): Promise<LeftCalls> {
  const { left, name } = options;
  const others = left.others.filter((run) => hasNotes(run) && fateOfRun(run) === "dead");
  const names = others.length > 0 ? await options.namesOfStacks() : new Set<string>();
  const isThere = ({ header }: RunFile) => names.has(header?.stack.stack ?? "");
  const own = [...left.own, ...others.filter((run) => !isThere(run))];
  const calls = others.filter(isThere).flatMap((run) => movedAborts(run, options));
  const undecided: string[] = [];
  let closed = 0;
  for (const run of own.filter(hasNotes)) {
    const obstacle = obstacleOf(run, options);
    if (obstacle !== undefined) {
      undecided.push(obstacle);
      continue;
    }
    const notes = openNotes(run, left.sealing);
    calls.push(...notes.opened.map(({ call }) => call));
    closed += notes.closed.length + run.damaged;
  }
  if (closed > 0) undecided.push(closedProblem(closed, left));
  for (const run of left.foreign.filter(hasNotes).filter((one) => fateOfRun(one) !== "alive")) {
    undecided.push(foreignProblem(run, name));
  }
  for (const run of left.unknown) undecided.push(unknownProblem(run));
  for (const { path: file, code } of left.unreadable) {
    undecided.push(
      `${file} cannot be read (${code}): it may hold notes of this stack. Recover as the user whose it is.`,
    );
  }
  return { own, calls, undecided };
}

/** Finishes notes on the disk, and removes the files of dead runs that have nothing else in them. */
export function finishNotes({ own }: LeftCalls, settled: readonly UnsettledCall[]): void {
  const idsOf = (file: string) => settled.filter((call) => call.file === file).map(({ id }) => id);
  for (const run of own) {
    const ids = new Set(idsOf(run.file));
    // It may have been written to since it was read first. Removing needs no room on the disk.
    if (isDead(run) && !hasNotes(without(ids, read(run)))) fs.rmSync(run.file, { force: true });
  }
  for (const file of new Set(settled.map((call) => call.file))) finishOnDisk(file, idsOf(file));
}

/** Whether plugin and engine are dead: the engine's lock is freed by now, so nothing in the file is needed for that. */
function isDead(run: RunFile): boolean {
  const { engine } = run.header ?? {};
  return fateOfRun(run) === "dead" && (engine === undefined || fateOf(engine) === "dead");
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

/** Aborts that another stack noted, of what was moved here since, or was renamed: only the state can tell. */
function movedAborts(run: RunFile, { left, isRecorded }: LeftCallsOptions): UnsettledCall[] {
  return openNotes(run, left.sealing)
    .opened.map(({ call }) => call)
    .filter(({ call, instanceId }) => call === "abort" && instanceId !== undefined && isRecorded(instanceId));
}

/** Why the notes of a run must be left alone, if they must. */
function obstacleOf(
  run: RunFile,
  { name, lockDeadAfterMs = Infinity, runIsOver = false }: LeftCallsOptions,
): string | undefined {
  const fate = fateOfRun(run);
  if (fate === "dead") return undefined;
  const { pid, host } = run.header?.plugin ?? {};
  const whose = pid === undefined ? "" : ` (pid ${pid} on ${host})`;
  const notes = count(run.notes.length, "call");
  if (fate === "alive" && isAtWork(run))
    return `A run of ${name}${whose} is at work, on ${notes}. Wait for it, then recover again.`;
  const newest = Math.max(...run.notes.map(({ sentAt }) => sentAt));
  if (fate === "undecided" && (runIsOver || Date.now() - newest >= lockDeadAfterMs)) return undefined;
  return (
    `A run of ${name}${whose} left notes of ${notes} in ${run.file}, and whether it is over cannot be told from here. ` +
    `If you know that it is, say so: run this again with --run-is-over.`
  );
}

function closedProblem(closed: number, { own }: LeftRuns): string {
  const folder = path.dirname(own[0]?.file ?? "");
  return (
    `Another API key is needed to read ${count(closed, "unsettled call")}: put the key that was used at that time into ` +
    `MAILMODO_API_KEY and recover again. If Mailmodo does not accept it any more, look at the journey there, and delete the notes in ${folder}.`
  );
}

function foreignProblem({ file, header, notes }: RunFile, name: string): string {
  const what = header === undefined ? "a stack" : describeStack(header.stack);
  return (
    `A run of ${what} in another backend or organization than that of ${name} left notes of ${count(notes.length, "call")} ` +
    `in ${file}. Recover it there: with that PULUMI_BACKEND_URL, or after that pulumi login.`
  );
}

function unknownProblem({ file, notes, damaged }: RunFile): string {
  return (
    `${file} holds ${count(notes.length + damaged, "unfinished note")}, and does not tell of which stack: its first line is ` +
    "damaged, and another API key is needed to read the rest. Put that key into MAILMODO_API_KEY and recover again; or " +
    "look at the journeys in Mailmodo, and delete the file."
  );
}
