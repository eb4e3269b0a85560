import { run, type Run } from "../../tools/workbench";
import { COMMAND } from "./command";
import type { Project } from "./project";

/** @param args Beside the stack and the folder. A stack among them counts instead of the project's. */
export function recoverByCli(project: Pick<Project, "dir" | "env">, ...args: string[]): Promise<Run> {
  const [program, ...rest] = recoverCommand(project, args);
  return run(program, rest, project.dir, project.env);
}

/** The command line of it, for tests that run it in a namespace of its own. */
export function recoverCommand({ dir }: Pick<Project, "dir">, args: readonly string[] = []): [string, ...string[]] {
  const stack = args.includes("--stack") ? [] : ["--stack", "test"];
  return [process.execPath, COMMAND, "recover", ...stack, "--cwd", dir, ...args];
}
