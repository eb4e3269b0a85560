import * as fs from "node:fs";
import * as path from "node:path";
import { resultOf, type Result } from "./results";
import { assertNoWarning, withUserBench, succeed } from "./shell";

const COPIED = ["package.json", "package-lock.json", "tsconfig.json", "provider", "tools"];

/** README's first line in a new clone: `npm ci` warns of nothing, and the package is built, with its command. */
export async function checkCleanInstall(): Promise<Result[]> {
  const result = await resultOf("npm ci in a clone of this repository", () =>
    withUserBench({}, COPIED, async ({ dir, env }) => {
      for (const name of ["dist", "node_modules"]) {
        fs.rmSync(path.join(dir, "provider", name), { recursive: true, force: true });
      }
      assertNoWarning(await succeed("npm", ["ci", "--prefer-offline"], dir, env));
      await succeed(path.join(dir, "node_modules/.bin/pulumi-mailmodo"), ["--help"], dir, env);
      return {};
    }),
  );
  return [result];
}
