import * as fs from "node:fs";
import * as path from "node:path";
import { installInto, cacheFolder } from "../cache";
import { succeed } from "./shell";

export type PackageManager = "npm" | "pnpm" | "yarn" | "bun";

/** npm is the caller's own; the others come from the npm registry, once, into the user's cache. */
const VERSIONS: Readonly<Record<Exclude<PackageManager, "npm">, string>> = {
  pnpm: "12.4.2",
  yarn: "1.22.22",
  bun: "1.4.4",
};

const INSTALL: Readonly<Record<PackageManager, string[]>> = {
  npm: ["install", "--prefer-offline"],
  // In a CI it would ask for a lockfile.
  pnpm: ["install", "--no-frozen-lockfile", "--prefer-offline"],
  // By default it gives up on a slow registry after half a minute.
  yarn: ["install", "--non-interactive", "--no-progress", "--prefer-offline", "--network-timeout", "600000"],
  bun: ["install"],
};

/** Installs what the package.json in the folder asks for. Returns what the package manager printed. */
export async function install(manager: PackageManager, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const program = manager === "npm" ? "npm" : await (found[manager] ??= findManager(manager, env));
  return succeed(program, INSTALL[manager], folder, env);
}

// Two consumers at once would install it into the same folder.
const found: Partial<Record<PackageManager, Promise<string>>> = {};

async function findManager(manager: Exclude<PackageManager, "npm">, env: NodeJS.ProcessEnv): Promise<string> {
  const version = VERSIONS[manager];
  const home = path.join(cacheFolder(env), `${manager}-${version}`);
  if (!fs.existsSync(home)) {
    await installInto(home, async (partial) => {
      // pnpm and bun are programs for each platform, which their scripts put in place.
      const manifest = { private: true, allowScripts: { [manager]: manager !== "yarn" } };
      fs.writeFileSync(path.join(partial, "package.json"), JSON.stringify(manifest));
      await succeed("npm", ["install", "--no-save", `${manager}@${version}`], partial, env);
    });
  }
  return path.join(home, "node_modules", ".bin", manager);
}
