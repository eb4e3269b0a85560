import * as fs from "node:fs";
import * as path from "node:path";
import { ownSettings, type Project } from "../../pulumi/project";
import { isJson, parseFields, readText, withYamlFields } from "../../pulumi/settingsText";
import { namesOfConfig } from "../../pulumi/stackConfig";
import { PREVIEW_SETTINGS } from "../../text/configCommand";

/** The settings of previews: the text of the file, and its fields. */
export interface PreviewSettings {
  readonly text: string;
  /** As what the CLI reads them: `.json` or `.yaml`. */
  readonly ending: string;
  readonly fields: {
    readonly config?: unknown;
    readonly environment?: unknown;
    readonly secretsprovider?: string;
    readonly encryptionsalt?: string;
    readonly encryptedkey?: string;
  };
}

/** The file with the settings. The one of the default name may also be where the CLI looks for a stack named `preview`. */
export function settingsFile(project: Project, file: string): string {
  const isDefault = file === PREVIEW_SETTINGS && !fs.existsSync(path.resolve(project.folder, file));
  const found = isDefault ? ownSettings(project, "preview") : undefined;
  return found === undefined ? file : path.relative(project.folder, found);
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
    text = readText(path.resolve(folder, file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem =
      code === "ENOENT"
        ? `No settings for previews: ${file} is not in ${folder}. Create it, or name another: --settings <file>.`
        : `Could not read ${file}: ${code ?? message}.`;
    throw new Error(problem, { cause: error });
  }
  // The CLI reads a field of no value as a missing one.
  const fields = Object.entries(parseFields(text, file)).filter(([, value]) => value !== null);
  return { text, ending: isJson(file) ? ".json" : ".yaml", fields: Object.fromEntries(fields) };
}

/** The text of the settings with more fields. */
export function withFields({ text, ending, fields }: PreviewSettings, more: Readonly<Record<string, string>>): string {
  return ending === ".json" ? JSON.stringify({ ...fields, ...more }) : withYamlFields(text, more);
}

/**
 * Refuses settings without what each preview needs. The words of the plugin and of recover would lead to a stack of the
 * user's.
 *
 * @throws {Error} There is no API key, or no recipient is allowed. The message is one line.
 */
export function checkSettings(
  { fields }: PreviewSettings,
  file: string,
  project: Project,
  env: NodeJS.ProcessEnv,
): void {
  // An environment of Pulumi ESC may hold anything, and only the CLI can see it.
  if (fields.environment !== undefined) return;
  const names = new Set([fields.config, project.config].flatMap((config) => namesOfConfig(config, project.name)));
  if (!env["MAILMODO_API_KEY"] && !names.has("mailmodo:apiKey") && !names.has("mailmodo:apiKeySecret"))
    throw new Error(
      `No API key for previews: put it in MAILMODO_API_KEY, or name the AWS secret that holds it in ${file} (mailmodo:apiKeySecret).`,
    );
  if (!names.has("mailmodo:allowedRecipients"))
    throw new Error(
      `No recipients for previews: every start sends real mail. Name the addresses that may get it in ${file} ` +
        "(mailmodo:allowedRecipients).",
    );
}
