import * as fs from "node:fs";
import { UsageError } from "../usageError";

/** The file to which `--summary` appends the result of a command. */
export class Summary {
  /** @throws {UsageError} The file cannot be written. It is made if there is none. */
  constructor(private readonly file: string) {
    const problem = this.append("");
    if (problem !== undefined) throw new UsageError(problem);
  }

  /** Appends a text. @returns Why it could not, as one line. Never throws: the work is done, and its result must not be lost. */
  append(markdown: string): string | undefined {
    try {
      fs.appendFileSync(this.file, markdown);
      return undefined;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      return `Could not write the summary ${this.file} (${code}). Name a file that you can write to: --summary <file>.`;
    }
  }
}
