import * as fs from "node:fs";
import * as path from "node:path";
import { readProject, type Project } from "../../pulumi/project";
import { projectFile } from "../../pulumi/projectFile";
import { readFields } from "../../pulumi/settingsText";

/** A project with its program. */
export interface Program {
  readonly project: Project;
  /** The project file. */
  readonly file: string;
  /** The language of the program, such as `nodejs`. */
  readonly runtime: string;
  /** `main` of the project file, as a full path: the program's file or folder. */
  readonly main: string;
  /** The program's folder, from which Pulumi's plugin looks for packages. */
  readonly folder: string;
  /** The backend that the project file names, if any. */
  readonly backend: string | undefined;
  /** The range of the CLI's versions that the project file requires, if any. */
  readonly requiredCli: string | undefined;
  /** The options of its runtime. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The languages for which the project file names a host of its own. */
  readonly ownHosts: readonly unknown[];
}

/** @throws {Error} There is no project, or its file cannot be read. The message is one line. */
export function readProgram(cwd: string): Program {
  const project = readProject(cwd);
  const file = projectFile(cwd)!;
  const { runtime, main, requiredPulumiVersion: range, plugins } = readFields(file);
  const { name: named, options } = isObject(runtime) ? runtime : { name: runtime };
  const full = path.resolve(path.dirname(file), typeof main === "string" ? main : ".");
  return {
    project,
    file,
    runtime: typeof named === "string" ? named : "",
    main: full,
    folder: isFolder(full) ? full : path.dirname(full),
    backend: project.backend,
    // As the CLI, which takes a number for its digits.
    requiredCli: typeof range === "number" || (typeof range === "string" && range !== "") ? String(range) : undefined,
    options: isObject(options) ? options : {},
    ownHosts: hostsIn(plugins),
  };
}

function hostsIn(plugins: unknown): unknown[] {
  const languages = isObject(plugins) ? plugins["languages"] : undefined;
  return Array.isArray(languages) ? languages.filter(isObject).map(({ name }) => name) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFolder(full: string): boolean {
  return fs.statSync(full, { throwIfNoEntry: false })?.isDirectory() === true;
}
