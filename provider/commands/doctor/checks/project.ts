import * as fs from "node:fs";
import * as path from "node:path";
import { failure, known, ok, type Check } from "../finding";
import type { Surroundings } from "../surroundings";

export const checkProject: Check<Surroundings> = {
  name: "project",
  async run(surroundings) {
    try {
      const { project, file } = await surroundings.program();
      return ok(`${project.name}, by ${file}.`);
    } catch (error) {
      return failure((error as Error).message);
    }
  },
};

export const checkProgram: Check<Surroundings> = {
  name: "program",
  async run(surroundings) {
    const { runtime, main, folder, options } = await known(surroundings.program(), "There is no project here.");
    if (runtime !== "nodejs" && runtime !== "bun") {
      return failure(
        `The program's runtime is ${runtime === "" ? "not named" : runtime}, and this package works with nodejs.`,
        "Set runtime: nodejs in the project file, for a program in TypeScript or JavaScript.",
      );
    }
    const [wrong] = Object.entries(OPTIONS).filter(
      ([name, type]) => Object.hasOwn(options, name) && typeof options[name] !== type,
    );
    if (wrong !== undefined) {
      return failure(
        `The project file's runtime option ${wrong[0]} is not a ${wrong[1]}, so no program runs.`,
        "Correct it, or remove it.",
      );
    }
    if (!fs.existsSync(main)) {
      return failure(
        `The project file's main, ${main}, does not exist.`,
        "Correct main in the project file. A destroy needs no program, only its folder with the installed packages.",
      );
    }
    if (entryOf(main) === undefined) {
      return failure(
        `There is no program in ${main}: no index.ts or index.js, and no package.json with a main that exists.`,
        "Write the program, or name its file as main in the project file.",
      );
    }
    return ok(`${runtime}, in ${folder}.`);
  },
};

/** What Pulumi's host of the language takes for each of its options. It refuses to run with anything else. */
const OPTIONS = { typescript: "boolean", tsconfig: "string", nodeargs: "string", packagemanager: "string" };

/** The file with which a program begins. */
function entryOf(main: string): string | undefined {
  if (!fs.statSync(main).isDirectory()) return main;
  const manifest = path.join(main, "package.json");
  const named = fs.existsSync(manifest)
    ? (JSON.parse(fs.readFileSync(manifest, "utf8")) as { main?: string }).main
    : "";
  const names = [named ?? "", ...["ts", "js", "mts", "mjs", "cjs"].map((ending) => `index.${ending}`)];
  return names
    .filter((name) => name !== "")
    .map((name) => path.join(main, name))
    .find((file) => [file, `${file}.js`].some((one) => fs.existsSync(one)));
}
