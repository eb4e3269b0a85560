import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { Command } from "commander";
import { readProfileFile } from "mailmodo-sandbox";

const MATRICES = "test/**/*[mM]atrix.spec.ts";
const ALL = [MATRICES, "test/provider/sequences.spec.ts", "test/engine/kills.spec.ts"];

/** What a soak runs. */
export interface Soak {
  readonly specs: readonly string[];
  /** What it adds to the environment. */
  readonly env: { readonly PROFILE_FILE?: string };
}

/**
 * @param profileFile A file of `pulumi-mailmodo probe`: only the matrices then, with its answers. Default: none.
 * @param from The folder that it is relative to.
 * @throws {Error} The file cannot be read, or is no profile. The message is one line.
 */
export function soakOf(profileFile: string | undefined, from: string): Soak {
  if (profileFile === undefined) return { specs: ALL, env: {} };
  const file = path.resolve(from, profileFile);
  // Otherwise each matrix would fail by itself, minutes later.
  readProfileFile(file);
  return { specs: [MATRICES], env: { PROFILE_FILE: file } };
}

function main(): void {
  const { profileFile } = new Command("npm run test:soak --")
    .description("Runs the whole fault matrices, and kills and random sequences in number.")
    .option(
      "--profile-file <file>",
      "only the matrices, with Mailmodo's answers from this file of pulumi-mailmodo probe",
    )
    .allowExcessArguments(false)
    .parse()
    .opts<{ profileFile?: string }>();
  try {
    // The folder from which npm was run.
    const { specs, env } = soakOf(profileFile, process.env["INIT_CWD"] ?? process.cwd());
    const mocha = require.resolve("mocha/bin/mocha.js");
    const { status } = spawnSync(process.execPath, [mocha, "--parallel", "--jobs", "2", ...specs], {
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    process.exitCode = status ?? 1;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

if (require.main === module) main();
