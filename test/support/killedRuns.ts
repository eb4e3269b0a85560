import type { ServerResponse } from "node:http";
import * as fs from "node:fs";
import * as path from "node:path";
import { folderOf, processesMatching } from "../../provider/processes/processes";
import { run, type Run } from "../../tools/workbench";
import type { Project } from "./project";

/** Waits until the sandbox has been asked so often, and gives the answer that it is about to make. */
export function requestNumber(project: Project, number: number): Promise<ServerResponse> {
  let asked = 0;
  return new Promise((resolve) => {
    project.sandbox.app.server.prependListener("request", (request, response) => {
      if (request.url?.startsWith("/hooks/") && ++asked === number) resolve(response);
    });
  });
}

/** The processes that are the project's plugin, in whichever folder of its the program is. */
export function pluginsOf({ dir }: Pick<Project, "dir">): number[] {
  const root = path.dirname(dir);
  return processesMatching("dynamic-provider")
    .map(({ pid }) => pid)
    .filter((pid) => folderOf(pid)?.startsWith(`${root}${path.sep}`));
}

/** @param args Beside the stack and the folder. A stack among them counts instead of the project's. */
export function recoverByCli(project: Pick<Project, "dir" | "env">, ...args: string[]): Promise<Run> {
  return run(process.execPath, [BIN, ...recoverArgs(project, args)], project.dir, project.env);
}

export const BIN = path.join(__dirname, "../../provider/dist/commands/main.js");

export function recoverArgs({ dir }: Pick<Project, "dir">, args: readonly string[] = []): string[] {
  const stack = args.includes("--stack") ? [] : ["--stack", "test"];
  return ["recover", ...stack, "--cwd", dir, ...args];
}

/** Puts the program where a build puts it: in a folder outside the project's. */
export function moveProgram(project: Project): void {
  const main = "../dist/apps/infra";
  const folder = path.join(project.dir, main);
  fs.mkdirSync(folder, { recursive: true });
  fs.renameSync(path.join(project.dir, "index.js"), path.join(folder, "index.js"));
  for (const name of ["package.json", "node_modules"]) {
    fs.symlinkSync(fs.realpathSync(path.join(project.dir, name)), path.join(folder, name));
  }
  fs.appendFileSync(path.join(project.dir, "Pulumi.yaml"), `main: ${main}/\n`);
}

/** Makes a second stack: of another name in the same folder, or of the same name in another backend. */
export async function addStack(project: Project, where: "another stack" | "another backend") {
  const state = path.join(project.dir, "../state");
  if (where === "another backend") {
    const other = path.join(project.dir, "../other-state");
    // The stack as it is before its first run.
    fs.cpSync(state, other, { recursive: true });
    return { PULUMI_STACK: "test", PULUMI_BACKEND_URL: `file://${other}` };
  }
  fs.copyFileSync(path.join(project.dir, "Pulumi.test.yaml"), path.join(project.dir, "Pulumi.other.yaml"));
  await project.succeed("stack", "init", "other", "--no-select");
  return { PULUMI_STACK: "other" };
}
