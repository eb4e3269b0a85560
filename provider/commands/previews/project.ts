import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/** A Pulumi project, as far as a preview depends on it. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  /** Where it keeps the settings of its stacks. */
  readonly settingsFolder: string;
  /** The backend that it names itself, if any. */
  readonly backend?: string;
}

/** The first that is there counts, as for the CLI. */
const ENDINGS = [".yaml", ".yml", ".json"];

/** @throws {Error} The folder is no project's, or its file is not readable. The message is one line. */
export function readProject(folder: string): Project {
  const file = ENDINGS.map((ending) => path.join(folder, `Pulumi${ending}`)).find((one) => fs.existsSync(one));
  if (file === undefined) {
    throw new Error(`No Pulumi project in ${folder}: there is no Pulumi.yaml. Name its folder: --cwd <folder>.`);
  }
  const real = fs.realpathSync(folder);
  const { name, stackConfigDir, config, backend } = readYaml(file);
  // `config` as text is the older name of stackConfigDir.
  const settings = textOf(stackConfigDir) ?? textOf(config) ?? "";
  const url = textOf((backend as { url?: unknown } | undefined)?.url);
  return {
    folder: real,
    name: String(name),
    settingsFolder: path.join(real, settings),
    ...(url === undefined ? {} : { backend: url }),
  };
}

/** The file of settings that a stack has itself, if it has one. */
export function ownSettings({ folder, settingsFolder }: Project, stack: string): string | undefined {
  return [settingsFolder, folder]
    .flatMap((place) => ENDINGS.map((ending) => path.join(place, `Pulumi.${stack}${ending}`)))
    .find((file) => fs.existsSync(file));
}

/** The fields of a YAML or JSON file. @throws {Error} It has none, or cannot be read: one line. */
function readYaml(file: string): Record<string, unknown> {
  return parseYaml(fs.readFileSync(file, "utf8"), path.basename(file));
}

/** The same of a text. @param from Where it is from, for the error. */
export function parseYaml(text: string, from: string): Record<string, unknown> {
  let fields: unknown;
  try {
    fields = parse(text) ?? {};
  } catch (error) {
    throw new Error(`Could not read ${from}: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
  if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) return fields as Record<string, unknown>;
  throw new Error(`Could not read ${from}: it has no fields.`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
