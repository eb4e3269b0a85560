import * as fs from "node:fs";
import { InvalidInput } from "./invalidInput";

/**
 * Reads a JSON file of the user's.
 *
 * @param what What is in it, such as "the profile".
 * @param parse Checks the value and takes what it is about from it. The message of its error follows the name of the file.
 * @throws {InvalidInput} The file cannot be read, or the value is refused. The message is one line.
 */
export function readJsonFile<T>(what: string, file: string, parse: (value: unknown) => T): T {
  let value: unknown;
  try {
    value = JSON.parse(fs.readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : message.replace(/\s+/g, " ");
    throw new InvalidInput(`Could not read ${what} in ${file}: ${why}.`);
  }
  try {
    return parse(value);
  } catch (error) {
    throw new InvalidInput(`${file}: ${(error as Error).message}`);
  }
}
