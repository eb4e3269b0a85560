import { createRequire } from "node:module";
import * as path from "node:path";
import { programError } from "./programError";

/**
 * Refuses a program whose plugin will not find this package. Pulumi's plugin looks for it from the program's folder, and not
 * from the package or bundle that this code is in.
 *
 * @throws {pulumi.RunError} It is not found from there.
 */
export function requireFindable(): void {
  if (isFound) return;
  // Pulumi runs a program in its folder. Unit tests and inline programs run elsewhere.
  if (!/[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? "")) return;
  const folder = process.cwd();
  try {
    createRequire(path.join(folder, "program.js")).resolve("pulumi-mailmodo/enrollmentLifecycle");
    isFound = true;
  } catch {
    throw programError(
      `Pulumi's plugin would not find pulumi-mailmodo from ${folder}. Add it to the dependencies of that project's own ` +
        "package.json, and install them. If the program is bundled, leave pulumi-mailmodo out of the bundle.",
    );
  }
}

/** It stays so for the whole run: each resource would look for the same file. */
let isFound = false;
