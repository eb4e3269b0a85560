import * as fs from "node:fs";
import * as path from "node:path";
import type { ProcessIdentity } from "../processes/processIdentity";
import type { StackIdentity } from "./stackIdentity";

export type Call = "start" | "abort";

/** The first line of a file: which run of which stack has written it. */
export interface RunHeader {
  readonly stack: StackIdentity;
  /** The plugin, which writes the file. */
  readonly plugin: ProcessIdentity;
  /** The engine that it works for, which holds the stack's lock. */
  readonly engine?: ProcessIdentity;
  /** When the file was begun, in milliseconds since 1970. */
  readonly since: number;
}

/** Any other line. What names a person is sealed: a secret address must not lie on a disk in clear. */
export type NoteLine =
  | { readonly id: number; readonly call: Call; readonly sealed: string; readonly sentAt: number }
  /** Sent again. */
  | { readonly id: number; readonly sentAt: number }
  /** Answered: of a start, with the instance. */
  | { readonly id: number; readonly confirmed: string }
  | { readonly id: number; readonly finished: true };

/** A call that was noted, and of which nothing says that the engine has recorded what came of it. */
export interface UnfinishedNote {
  readonly id: number;
  readonly call: Call;
  readonly sealed: string;
  /** In milliseconds since 1970. */
  readonly sentAt: number;
  /** Sealed; there once the call was answered. */
  readonly confirmed?: string;
}

/** What one run has noted. */
export interface RunFile {
  readonly file: string;
  /** Missing where the first line is damaged. */
  readonly header?: RunHeader;
  readonly notes: readonly UnfinishedNote[];
  /** How many whole lines cannot be read. One that was cut off was never acted on, and does not count. */
  readonly damaged: number;
}

/** The files of runs in a folder, and the paths that cannot be read, with why: another user's, say. */
export function readRuns(folder: string): { runs: RunFile[]; unreadable: { path: string; code: string }[] } {
  const runs: RunFile[] = [];
  const unreadable: { path: string; code: string }[] = [];
  const attempt = <T>(where: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // What is not there, or is not there any more, has nothing to say.
      if (code !== "ENOENT") unreadable.push({ path: where, code });
      return undefined;
    }
  };
  for (const name of attempt(folder, () => fs.readdirSync(folder)) ?? []) {
    const file = path.join(folder, name);
    const run = name.endsWith(ENDING) ? attempt(file, () => readRun(file)) : undefined;
    if (run !== undefined) runs.push(run);
  }
  return { runs, unreadable };
}

export const ENDING = ".jsonl";

export function readRun(file: string): RunFile {
  const [first = "", ...rest] = fs.readFileSync(file, "utf8").split("\n");
  const header = parsed(first);
  const notes = new Map<number, UnfinishedNote>();
  let damaged = 0;
  for (const text of rest) {
    const line = parsed(text);
    if (line === undefined && text.endsWith("}")) damaged += 1;
    if (isNoteLine(line)) apply(notes, line);
  }
  return { file, ...(isHeader(header) ? { header } : {}), notes: [...notes.values()], damaged };
}

/**
 * Marks notes of another run as finished. Of two that do so at once, neither makes a file again that the other removed.
 */
export function finishOnDisk(file: string, ids: readonly number[]): void {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND);
    fs.writeSync(descriptor, ids.map((id) => `\n${JSON.stringify({ id, finished: true })}`).join(""));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function apply(notes: Map<number, UnfinishedNote>, line: NoteLine): void {
  if ("call" in line) return void notes.set(line.id, line);
  const note = notes.get(line.id);
  if ("finished" in line) notes.delete(line.id);
  else if (note !== undefined) notes.set(line.id, { ...note, ...line });
}

/** An object, or nothing where the text is something else. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(line: object | undefined): line is RunHeader {
  const { stack, plugin } = (line ?? {}) as Partial<RunHeader>;
  return typeof stack?.backend === "string" && typeof stack.project === "string" && typeof plugin?.pid === "number";
}

function isNoteLine(line: object | undefined): line is NoteLine {
  const { id, call, sealed, sentAt, confirmed, finished } = (line ?? {}) as Record<string, unknown>;
  if (typeof id !== "number") return false;
  const isNote = (call === "start" || call === "abort") && typeof sealed === "string" && typeof sentAt === "number";
  const isSentAgain = call === undefined && typeof sentAt === "number";
  return isNote || isSentAgain || typeof confirmed === "string" || finished === true;
}
