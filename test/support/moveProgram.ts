import * as fs from "node:fs";
import * as path from "node:path";
import type { Project } from "./project";

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
