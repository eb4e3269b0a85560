import * as fs from "node:fs";
import * as path from "node:path";
import { pulumiHome } from "./backend";

/** A program that is found by its name. */
export interface FoundProgram {
  /** Its path, with links followed. */
  readonly file: string;
  /** Whether it is the program of that name. If not, it is a script or a version manager that starts it from elsewhere. */
  readonly isItself: boolean;
}

/**
 * The file of a plugin that comes with the CLI, where the CLI looks for it: on PATH, beside itself, and among the plugins
 * that were installed by hand. Undefined if it is in none of these.
 *
 * @param name Such as `pulumi-language-nodejs`.
 */
export function pluginFile(name: string, env: NodeJS.ProcessEnv, cwd: string): string | undefined {
  const beside = path.dirname(onPath("pulumi", env)?.file ?? "");
  const ambient = isSet(env["PULUMI_IGNORE_AMBIENT_PLUGINS"]) ? undefined : onPath(name, env)?.file;
  return ambient ?? executable(path.join(beside, name)) ?? installed(name, path.join(pulumiHome(env, cwd), "plugins"));
}

/** Finds a program as a shell does. Folders of PATH that are relative do not count. */
export function onPath(name: string, env: NodeJS.ProcessEnv): FoundProgram | undefined {
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const [found] = folders.flatMap((folder) => executable(path.join(folder, name)) ?? []);
  if (found === undefined) return undefined;
  const file = fs.realpathSync(found);
  const isItself = path.parse(file).name === name && fs.statSync(file).size >= LEAST_BYTES;
  return { file, isItself };
}

/** The CLI has more than 100 MB. What only starts it has some kilobytes. */
const LEAST_BYTES = 1024 * 1024;

const ENDINGS = process.platform === "win32" ? [".exe", ".cmd"] : [""];

function executable(file: string): string | undefined {
  return ENDINGS.map((ending) => file + ending).find((one) => {
    try {
      fs.accessSync(one, fs.constants.X_OK);
      return fs.statSync(one).isFile();
    } catch {
      return false;
    }
  });
}

/** One that `pulumi plugin install` has put into Pulumi's own folder. */
function installed(name: string, folder: string): string | undefined {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const versions = names.filter((one) => `pulumi-${one}`.startsWith(`${name}-v`) && !names.includes(`${one}.partial`));
  const [found] = versions.flatMap((one) => executable(path.join(folder, one, name)) ?? []);
  return found;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !/^(|0|false)$/i.test(value);
}
