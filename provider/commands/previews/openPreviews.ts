import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { checkName } from "./previewName";

/** Which previews are to stay. */
export interface OpenPreviews {
  readonly names: ReadonlySet<string>;
  /** As of when, in milliseconds. A preview that was created later may be open without being in it. */
  readonly asOf: number;
}

/** Asks which previews are to stay. Asked again right before each one is destroyed. */
export type AskOpen = () => Promise<OpenPreviews>;

/** Where the names come from. At most one of them is given. */
export interface OpenSources {
  /** The names, with commas or white space between. */
  readonly open?: string;
  /** A file with the names. */
  readonly openFile?: string;
  /** A command for the shell that prints the names. */
  readonly openCommand?: string;
  /** Whether no name at all is meant: destroy all previews. */
  readonly all: boolean;
}

/**
 * What `sweep` is to ask, or undefined if every preview stays that has not expired.
 *
 * @throws {Error} More than one source is given, or the list on the command line is none. The message is one line.
 */
export function askOpen({ open, openFile, openCommand, all }: OpenSources): AskOpen | undefined {
  if ([open, openFile, openCommand].filter((one) => one !== undefined).length > 1) {
    throw new Error(
      `Give --open${openCommand === undefined ? " or --open-file, not both" : ", --open-file or --open-command: one of them"}.`,
    );
  }
  if (open !== undefined) {
    const list = { names: parseOpenList(open, "--open", all), asOf: Date.now() };
    return async () => list;
  }
  if (openFile !== undefined) return async () => readOpenList(openFile, all);
  if (openCommand !== undefined) return () => runOpenCommand(openCommand, all);
  if (all) throw new Error("--all is for an empty open list. To destroy all previews: --open '' --all.");
  return undefined;
}

/**
 * Reads the names of the previews that are to stay.
 *
 * @param text Names, with commas or white space between.
 * @throws {Error} One is not the name of a preview, or there is none: that would destroy every preview.
 */
export function parseOpenList(text: string, from: string, all: boolean): Set<string> {
  const names = text.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0 && !all) {
    throw new Error(`${from} names no preview, so all would be destroyed. If that is meant, add --all.`);
  }
  return new Set(names.map(checkName));
}

/** The same, from a file: its list is as of when it was written. */
function readOpenList(file: string, all: boolean): OpenPreviews {
  let text: string;
  let asOf: number;
  try {
    // In this order: of a file that is written meanwhile, the list is newer than its time.
    asOf = fs.statSync(file).mtimeMs;
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`Could not read the open previews: ${(error as Error).message}. ${NOTHING_DESTROYED}`, {
      cause: error,
    });
  }
  return { names: parseOpenList(text, `--open-file ${file}`, all), asOf };
}

/** The same, from what a command prints; what it says on stderr is shown. */
async function runOpenCommand(command: string, all: boolean): Promise<OpenPreviews> {
  const asOf = Date.now();
  const child = spawn(command, { shell: true, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code !== 0)
    throw new Error(`--open-command ended with ${code ?? signal}, and says nothing. ${NOTHING_DESTROYED}`);
  return { names: parseOpenList(text, "--open-command", all), asOf };
}

const NOTHING_DESTROYED = "Nothing was destroyed.";
