import { enableCompileCache } from "node:module";
import * as os from "node:os";
import * as path from "node:path";

/**
 * Turns on Node's compile cache for this process, and gives the environment in which the programs and plugins of its
 * engines have it too. The cache is the folder `mailmodo-compile-cache` in Pulumi's own folder, and can be deleted at any
 * time. Changes nothing if the user has set `NODE_COMPILE_CACHE` or `NODE_DISABLE_COMPILE_CACHE`.
 *
 * @param env The environment to start from. Default: the process's.
 */
export function withCompileCache(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  if (env["NODE_COMPILE_CACHE"] || env["NODE_DISABLE_COMPILE_CACHE"]) return env;
  const folder = path.join(env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi"), "mailmodo-compile-cache");
  enableCompileCache(folder);
  return { ...env, NODE_COMPILE_CACHE: folder };
}
