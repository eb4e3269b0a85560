import * as fs from "node:fs";
import * as path from "node:path";
import { parseYaml } from "../../pulumi/project";

/** The settings of previews: the text of the file, and its fields. */
export interface PreviewSettings {
  readonly text: string;
  readonly fields: {
    readonly config?: Readonly<Record<string, unknown>>;
    readonly environment?: unknown;
    readonly secretsprovider?: string;
    readonly encryptionsalt?: string;
    readonly encryptedkey?: string;
  };
}

/**
 * Reads the settings of every preview.
 *
 * @param file Its path, relative to the folder.
 * @throws {Error} The file cannot be read. The message is one line.
 */
export function readPreviewSettings(folder: string, file: string): PreviewSettings {
  let text: string;
  try {
    text = fs.readFileSync(path.resolve(folder, file), "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem =
      code === "ENOENT"
        ? `No settings for previews: ${file} is not in ${folder}. Create it, or name another: --settings <file>.`
        : `Could not read ${file}: ${code ?? message}.`;
    throw new Error(problem, { cause: error });
  }
  return { text, fields: parseYaml(text, file) };
}

/**
 * The text of the settings with more fields. YAML keeps its text and JSON is written again: rewritten YAML values could
 * mean something else to the CLI's parser.
 */
export function withFields({ text, fields }: PreviewSettings, more: Readonly<Record<string, string>>): string {
  if (text.trimStart().startsWith("{")) return JSON.stringify({ ...fields, ...more });
  const lines = Object.entries(more).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  return `${text.trimEnd()}\n${lines.join("")}`;
}
