import { enableCompileCache } from "node:module";
import * as os from "node:os";
import * as path from "node:path";

/**
 * Turns on Node's compile cache for this process and for the programs and plugins that its engines start. The cache is
 * the folder `mailmodo-compile-cache` in Pulumi's own folder, and can be deleted at any time. Does nothing if the user
 * has set `NODE_COMPILE_CACHE` or `NODE_DISABLE_COMPILE_CACHE`.
 *
 * @param env The environment to read, and to change for the engines to inherit. Default: the process's.
 */
export function keepCompiledCode(env: NodeJS.ProcessEnv = process.env): void {
  if (env["NODE_COMPILE_CACHE"] || env["NODE_DISABLE_COMPILE_CACHE"]) return;
  const folder = path.join(env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi"), "mailmodo-compile-cache");
  env["NODE_COMPILE_CACHE"] = folder;
  enableCompileCache(folder);
}
