import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/** What the commands need to know of a Pulumi project. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  /** The folder with the settings of its stacks. */
  readonly settingsFolder: string;
  /** The config that its project file sets for all stacks, if any. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The backend that its project file names, if any. */
  readonly backend?: string;
}

/** The first file that exists is used, as by the CLI. */
const ENDINGS = [".yaml", ".yml", ".json"];

/** @throws {Error} The folder has no project file, or the file cannot be read. The message is one line. */
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
    ...(typeof config === "object" && config !== null ? { config: config as Record<string, unknown> } : {}),
    ...(url === undefined ? {} : { backend: url }),
  };
}

/** The settings file of a stack, if it exists. */
export function ownSettings({ folder, settingsFolder }: Project, stack: string): string | undefined {
  return [settingsFolder, folder]
    .flatMap((place) => ENDINGS.map((ending) => path.join(place, `Pulumi.${stack}${ending}`)))
    .find((file) => fs.existsSync(file));
}

/** Reads the fields of a YAML or JSON file. @throws {Error} It cannot be parsed, or is not an object. */
function readYaml(file: string): Record<string, unknown> {
  return parseYaml(fs.readFileSync(file, "utf8"), path.basename(file));
}

/** Parses the fields of a YAML or JSON text. @param from Its source, for the error. @throws {Error} As above. */
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
