import * as path from "node:path";
import { folderOf, processesMatching } from "../../provider/processes/processes";
import type { Project } from "./project";

/** The processes that are the project's plugin, in whichever folder of its the program is. */
export function pluginsOf({ dir }: Pick<Project, "dir">): number[] {
  const root = path.dirname(dir);
  return processesMatching("dynamic-provider")
    .map(({ pid }) => pid)
    .filter((pid) => folderOf(pid)?.startsWith(`${root}${path.sep}`));
}
