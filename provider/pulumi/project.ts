import * as fs from "node:fs";
import * as path from "node:path";
import { projectFile } from "./projectFile";
import { readFields } from "./settingsText";
import { parseStackName } from "./stackName";

/** What the commands need to know of a Pulumi project. */
export interface Project {
  /** The folder in which its CLI runs: that of the project file, or one below it. */
  readonly folder: string;
  readonly name: string;
  /** The folder with the settings of its stacks. */
  readonly settingsFolder: string;
  /** The ending of its project file, which the settings of its stacks have too. Default: `.yaml`. */
  readonly ending?: string;
  /** The config that its project file sets for all stacks, if any. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The backend that its project file names, if any. */
  readonly backend?: string;
}

/**
 * Finds and reads the project file as the CLI does: in the folder, or in the nearest one above it.
 *
 * @throws {Error} There is no project file, or it cannot be read. The message is one line.
 */
export function readProject(folder: string): Project {
  const file = projectFile(folder);
  if (file === undefined) {
    throw new Error(`No Pulumi project in ${folder}: there is no Pulumi.yaml. Name its folder: --cwd <folder>.`);
  }
  const { name, stackConfigDir, config, backend } = readFields(file);
  if (textOf(name) === undefined) throw new Error(`Could not read ${path.basename(file)}: the project has no name.`);
  // `config` as text is the older name of stackConfigDir.
  const settings = textOf(stackConfigDir) ?? textOf(config) ?? "";
  const url = textOf((backend as { url?: unknown } | null | undefined)?.url);
  const ending = path.extname(file);
  return {
    folder: fs.realpathSync(folder),
    name: String(name),
    settingsFolder: path.join(path.dirname(file), settings),
    ...(ending === ".yaml" ? {} : { ending }),
    ...(typeof config === "object" && config !== null ? { config: config as Record<string, unknown> } : {}),
    ...(url === undefined ? {} : { backend: url }),
  };
}

/**
 * The same, or undefined if there is no project file, or only the CLI can read it: its parser takes some texts that are not
 * quite YAML. For what the CLI does anyway.
 */
export function readableProject(folder: string): Project | undefined {
  try {
    return readProject(folder);
  } catch {
    return undefined;
  }
}

/**
 * Checks that a stack whose name has a project is of the project in the folder. With another one, the CLI would read the
 * settings of this project's stack of the same name.
 *
 * @throws {Error} It is not. The message is one line.
 */
export function assertOfProject(stack: string, folder: string): void {
  const { project } = parseStackName(stack);
  const own = project === undefined ? undefined : readableProject(folder)?.name;
  if (own === undefined || own === project) return;
  throw new Error(
    `The stack ${stack} is not of the project ${own} in ${folder}. Name the folder of the project ${project}: --cwd <folder>.`,
  );
}

/** The settings file of a stack, if it exists. The CLI looks for it in one place only. */
export function ownSettings(project: Project, stack: string): string | undefined {
  const file = settingsPath(project, stack);
  return fs.existsSync(file) ? file : undefined;
}

/** Where the CLI keeps the settings of a stack. */
export function settingsPath({ settingsFolder, ending = ".yaml" }: Project, stack: string): string {
  return path.join(settingsFolder, `Pulumi.${stack.replaceAll("/", "-")}${ending}`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
