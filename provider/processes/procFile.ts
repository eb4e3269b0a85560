import * as fs from "node:fs";

/** The text of a file of /proc or /etc. Undefined if it is not there, or hidden. */
export function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** What a link of /proc points to. Undefined if it is not there, or hidden. */
export function readLink(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined;
  }
}
