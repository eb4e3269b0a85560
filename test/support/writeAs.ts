import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENDING, headerText, readRuns } from "../../provider/journal/runFile";
import { isSameProcess, type ProcessIdentity } from "../../provider/processes/processIdentity";

/**
 * Makes the notes that this process has written look like those of another. They are in new files then: whatever this
 * process still writes into the old ones is lost, as it is when a process is killed.
 */
export function writeAs(folder: string, plugin: ProcessIdentity): void {
  for (const { file, header } of readRuns(folder).runs) {
    if (header === undefined || !isSameProcess(header.plugin)) continue;
    const [, ...notes] = fs.readFileSync(file, "utf8").split("\n");
    const first = headerText({ ...header, plugin });
    fs.writeFileSync(path.join(folder, `${randomUUID()}${ENDING}`), [first, ...notes].join("\n"));
    fs.rmSync(file);
  }
}
