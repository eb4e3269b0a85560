import * as fs from "node:fs";
import * as path from "node:path";
import { resultOf, type Result } from "./results";
import { assertNoWarning, withUserBench, succeed } from "./shell";

const PACKAGES = ["provider", "sandbox"];
const COPIED = ["package.json", "package-lock.json", "tsconfig.json", ...PACKAGES, "tools"];

/** README's first line in a new clone: `npm ci` warns of nothing, and the packages are built, with their commands. */
export async function checkCleanInstall(): Promise<Result[]> {
  const result = await resultOf("npm ci in a clone of this repository", () =>
    withUserBench({}, COPIED, async ({ dir, env }) => {
      for (const folder of PACKAGES) {
        for (const name of ["dist", "node_modules"]) {
          fs.rmSync(path.join(dir, folder, name), { recursive: true, force: true });
        }
      }
      assertNoWarning(await succeed("npm", ["ci", "--prefer-offline"], dir, env));
      for (const command of ["pulumi-mailmodo", "mailmodo-sandbox"]) {
        await succeed(path.join(dir, "node_modules/.bin", command), ["--help"], dir, env);
      }
      return {};
    }),
  );
  return [result];
}
