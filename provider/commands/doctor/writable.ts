import * as fs from "node:fs";
import * as path from "node:path";

/** The folder, or the nearest one above it that exists: the first run makes the rest. */
export function nearest(folder: string): string {
  return fs.existsSync(folder) || path.dirname(folder) === folder ? folder : nearest(path.dirname(folder));
}

/** Whether files can be made in a folder. It is only asked: nothing is written. */
export function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return fs.statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
