import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { checkName } from "./previewName";
import { fromCommandLine, UsageError } from "../usageError";

/** The previews to keep. */
export interface OpenPreviews {
  readonly names: ReadonlySet<string>;
  /** When the list was made, in milliseconds. A preview that was created later may be open but not in the list. */
  readonly asOf: number;
}

/** Gets the previews to keep. Called again right before each preview is destroyed. */
export type AskOpen = () => Promise<OpenPreviews>;

/** Where the names come from. At most one of the sources may be given. */
export interface OpenSources {
  /** The names, separated by commas or white space. */
  readonly open?: string;
  /** A file with the names. */
  readonly openFile?: string;
  /** A shell command that prints the names. */
  readonly openCommand?: string;
  /** Whether an empty list is allowed, which destroys all previews. */
  readonly all: boolean;
}

/**
 * How `sweep` gets the open previews, or undefined if no source is given: only expired previews are then destroyed.
 *
 * @throws {UsageError} More than one source is given, or the list on the command line is invalid. The message is one line.
 */
export function askOpen({ open, openFile, openCommand, all }: OpenSources): AskOpen | undefined {
  if ([open, openFile, openCommand].filter((one) => one !== undefined).length > 1) {
    throw new UsageError(
      `Give --open${openCommand === undefined ? " or --open-file, not both" : ", --open-file or --open-command: one of them"}.`,
    );
  }
  if (open !== undefined) {
    const list = { names: fromCommandLine(() => parseOpenList(open, "--open", all)), asOf: Date.now() };
    return async () => list;
  }
  if (openFile !== undefined) return async () => readOpenList(openFile, all);
  if (openCommand !== undefined) return () => runOpenCommand(openCommand, all);
  if (all) throw new UsageError("--all is for an empty open list. To destroy all previews: --open '' --all.");
  return undefined;
}

/**
 * Parses the names of the previews to keep.
 *
 * @param text The names, separated by commas or white space.
 * @param from The source of the text, for the error.
 * @throws {Error} A name is invalid; or there is no name, which would destroy every preview, and `all` is false.
 */
export function parseOpenList(text: string, from: string, all: boolean): Set<string> {
  const names = text.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0 && !all) {
    throw new Error(`${from} names no preview, so all would be destroyed. If you intend that, add --all.`);
  }
  return new Set(names.map(checkName));
}

/** Reads the list from a file. It counts as made when the file was last written. */
function readOpenList(file: string, all: boolean): OpenPreviews {
  let text: string;
  let asOf: number;
  try {
    // The time first: if the file is written in between, the list is newer than its time, which is safe.
    asOf = fs.statSync(file).mtimeMs;
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`Could not read the open previews: ${(error as Error).message}. ${NOTHING_DESTROYED}`, {
      cause: error,
    });
  }
  return { names: parseOpenList(text, `--open-file ${file}`, all), asOf };
}

/** Reads the list from a command's stdout; its stderr is shown. */
async function runOpenCommand(command: string, all: boolean): Promise<OpenPreviews> {
  const asOf = Date.now();
  const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code !== 0) {
    const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
    throw new Error(`--open-command ${how}, so the open previews are unknown. ${NOTHING_DESTROYED}`);
  }
  return { names: parseOpenList(text, "--open-command", all), asOf };
}

const NOTHING_DESTROYED = "Nothing was destroyed.";
