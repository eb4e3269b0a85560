import * as fs from "node:fs";
import * as path from "node:path";
import { parseYaml } from "./project";

/** A stack's settings: their text, and its fields. */
export interface Settings {
  readonly text: string;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the settings that a preview is made from.
 *
 * @param file By its path from the folder.
 * @throws {Error} They cannot be read. The message is one line.
 */
export function readSettings(folder: string, file: string): Settings {
  let text: string;
  try {
    text = fs.readFileSync(path.resolve(folder, file), "utf8");
  } catch (error) {
    const next = "Write it, or name another: --settings <file>.";
    throw new Error(`No settings for previews: ${file} is not in ${folder}. ${next}`, { cause: error });
  }
  return { text, fields: parseYaml(text, file) as Settings["fields"] };
}

/**
 * The text of the settings with more fields, as YAML. YAML keeps its own text, for a copy of its values could mean something
 * else to the CLI's reader.
 */
export function withFields({ text, fields }: Settings, more: Readonly<Record<string, string>>): string {
  if (text.trimStart().startsWith("{")) return JSON.stringify({ ...fields, ...more });
  const lines = Object.entries(more).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  return `${text.trimEnd()}\n${lines.join("")}`;
}
