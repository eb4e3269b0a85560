import { constants } from "node:buffer";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ProcessIdentity } from "../processes/processIdentity";
import { checksum, parseNoteLine, textOf, type CallKind, type NoteLine } from "./noteLine";
import { jsonObject } from "../text/jsonObject";
import type { StackIdentity } from "./stackIdentity";

/** The first line of a file: the run that wrote it, and that run's stack. */
export interface RunHeader {
  readonly stack: StackIdentity;
  /** The plugin, which writes the file. */
  readonly plugin: ProcessIdentity;
  /** The engine that the plugin works for. It holds the stack's lock. */
  readonly engine?: ProcessIdentity;
  /** When the file was created, in milliseconds since 1970. */
  readonly since: number;
}

/** The text of a file's first line. Its checksum shows damage that leaves valid JSON, which would name another stack or run. */
export function headerText(header: RunHeader): string {
  return JSON.stringify({ ...header, sum: checksum(header) });
}

/** The note of a call whose result the engine is not known to have recorded. */
export interface UnfinishedNote {
  readonly id: number;
  readonly call: CallKind;
  readonly sealed: string;
  /** When it was last sent, in milliseconds since 1970. */
  readonly sentAt: number;
  /** Whether it was sent more than once. */
  readonly isSentAgain?: boolean;
  /** Sealed. Set once Mailmodo has confirmed the call. */
  readonly confirmed?: string;
}

/** The journal file of one run. */
export interface RunFile {
  readonly file: string;
  /** Missing if the first line is damaged. */
  readonly header?: RunHeader;
  readonly notes: readonly UnfinishedNote[];
  /**
   * How many lines cannot be read. A line that was cut off when it was written does not count: its request was never
   * sent.
   */
  readonly damaged: number;
  /** Whether it holds a note, finished or not. A run that only compares, such as a `pulumi preview`, writes none. */
  readonly hasHadNotes: boolean;
}

/** Reads the files of all runs in a folder. `unreadable` lists the paths that cannot be read, with the error codes. */
export function readRuns(folder: string): { runs: RunFile[]; unreadable: { path: string; code: string }[] } {
  const runs: RunFile[] = [];
  const unreadable: { path: string; code: string }[] = [];
  const tryToRead = <T>(where: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // A file that does not exist, or has just been removed, holds no notes.
      if (code !== "ENOENT") unreadable.push({ path: where, code });
      return undefined;
    }
  };
  for (const file of tryToRead(folder, () => noteFiles(folder)) ?? []) {
    const stat = tryToRead(file, () => fs.statSync(file));
    if (stat === undefined) continue;
    if (stat.size > constants.MAX_STRING_LENGTH) {
      unreadable.push({ path: file, code: "EFBIG" });
      continue;
    }
    const run = tryToRead(file, () => readRun(file));
    if (run !== undefined) runs.push(run);
  }
  return { runs, unreadable };
}

export const ENDING = ".jsonl";

/**
 * The paths of the files of all runs in a folder.
 *
 * @throws {NodeJS.ErrnoException} The folder cannot be read, or does not exist.
 */
export function noteFiles(folder: string): string[] {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  // Nothing else is written here. A pipe would be waited for.
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ENDING));
  return files.map(({ name }) => path.join(folder, name));
}

/** @throws {NodeJS.ErrnoException} The file cannot be read. */
export function readRun(file: string): RunFile {
  const [first = "", ...rest] = fs.readFileSync(file, "utf8").split("\n");
  const header = parseHeader(first);
  const notes = new Map<number, UnfinishedNote>();
  let damaged = header === undefined && hidesNotes(first) ? 1 : 0;
  const lines = rest.filter(Boolean);
  for (const text of lines) {
    const line = parseNoteLine(text);
    if (line === "damaged") damaged += 1;
    else if (line !== "cut off") apply(notes, line);
  }
  return {
    file,
    ...(header === undefined ? {} : { header }),
    notes: [...notes.values()],
    damaged,
    hasHadNotes: lines.length > 0,
  };
}

/**
 * Marks notes of another run as finished. It never creates the file, so two processes that do this at once cannot bring
 * back a file that one of them has removed.
 *
 * @throws {NodeJS.ErrnoException} The file exists but cannot be written.
 */
export function finishOnDisk(file: string, ids: readonly number[]): void {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND);
    fs.writeSync(descriptor, ids.map((id) => textOf({ id, finished: true })).join(""));
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
  else if (note !== undefined)
    notes.set(line.id, { ...note, ...line, ...("sentAt" in line ? { isSentAgain: true } : {}) });
}

function parseHeader(text: string): RunHeader | undefined {
  const { sum, ...header } = jsonObject(text) ?? {};
  return isHeader(header) && sum === checksum(header) ? header : undefined;
}

function isHeader(line: object): line is RunHeader {
  const { stack, plugin } = line as Partial<RunHeader>;
  return typeof stack?.backend === "string" && typeof stack.project === "string" && typeof plugin?.pid === "number";
}

/**
 * Whether a damaged first line may hold notes as well: the line break after the header is damaged, too. Otherwise each
 * note, which names its stack, is in a line of its own.
 */
function hidesNotes(first: string): boolean {
  return first.includes("\0") || first.includes('"sealed"');
}
