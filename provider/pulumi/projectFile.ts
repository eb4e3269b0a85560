import * as fs from "node:fs";
import * as path from "node:path";

/** The first file that exists is used, as by the CLI. */
const ENDINGS = [".json", ".yaml", ".yml"];

/** The project file of a folder, or of the nearest folder above it that has one. */
export function projectFile(folder: string): string | undefined {
  if (!fs.existsSync(folder)) return undefined;
  for (let at = fs.realpathSync(folder); ; at = path.dirname(at)) {
    const file = ENDINGS.map((ending) => path.join(at, `Pulumi${ending}`)).find(isFile);
    if (file !== undefined || at === path.dirname(at)) return file;
  }
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
