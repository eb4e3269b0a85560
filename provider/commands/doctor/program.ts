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
}

/** @throws {Error} There is no project, or its file cannot be read. The message is one line. */
export function readProgram(cwd: string): Program {
  const project = readProject(cwd);
  const file = projectFile(cwd)!;
  const { runtime, main } = readFields(file);
  const named = typeof runtime === "object" && runtime !== null ? (runtime as { name?: unknown }).name : runtime;
  const full = path.resolve(path.dirname(file), typeof main === "string" ? main : ".");
  return {
    project,
    file,
    runtime: typeof named === "string" ? named : "",
    main: full,
    folder: isFolder(full) ? full : path.dirname(full),
    backend: project.backend,
  };
}

function isFolder(full: string): boolean {
  return fs.statSync(full, { throwIfNoEntry: false })?.isDirectory() === true;
}
