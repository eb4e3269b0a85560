import * as fs from "node:fs";
import { writtenFiles } from "./project";

/** Every file below folders, with its text and when it was written: to see that nothing was. */
export function contentsOf(...folders: readonly string[]): Record<string, readonly [text: string, writtenAt: number]> {
  const files = folders.flatMap(writtenFiles).sort();
  return Object.fromEntries(
    files.map((file) => [file, [fs.readFileSync(file, "latin1"), fs.statSync(file).mtimeMs] as const]),
  );
}
