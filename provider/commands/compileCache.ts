import { enableCompileCache } from "node:module";
import * as os from "node:os";
import * as path from "node:path";

/**
 * Has Node keep compiled code, of this process and of the programs and plugins that its engines start, in
 * `mailmodo-compile-cache` of Pulumi's own folder. It can be deleted at any time. A folder that the user has set counts,
 * and so does `NODE_DISABLE_COMPILE_CACHE`.
 *
 * @param env What is read, and what engines inherit. Default: the process's.
 */
export function keepCompiledCode(env: NodeJS.ProcessEnv = process.env): void {
  if (env["NODE_COMPILE_CACHE"] || env["NODE_DISABLE_COMPILE_CACHE"]) return;
  const folder = path.join(env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi"), "mailmodo-compile-cache");
  env["NODE_COMPILE_CACHE"] = folder;
  enableCompileCache(folder);
}
