import * as fs from "node:fs";
import * as path from "node:path";
import type { Project } from "./project";

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
