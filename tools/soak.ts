import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { Command } from "commander";

const MATRICES = "test/**/*[mM]atrix.spec.ts";

const { profileFile } = new Command("npm run test:soak --")
  .description("Runs the whole fault matrices, and kills and random sequences in number.")
  .option("--profile-file <file>", "only the matrices, with Mailmodo's answers from this file of pulumi-mailmodo probe")
  .allowExcessArguments(false)
  .parse()
  .opts<{ profileFile?: string }>();

const specs =
  profileFile === undefined ? [MATRICES, "test/provider/sequences.spec.ts", "test/engine/kills.spec.ts"] : [MATRICES];
// The folder from which npm was run.
const from = process.env["INIT_CWD"] ?? process.cwd();
const env = profileFile === undefined ? {} : { PROFILE_FILE: path.resolve(from, profileFile) };
const mocha = require.resolve("mocha/bin/mocha.js");
const { status } = spawnSync(process.execPath, [mocha, "--parallel", "--jobs", "2", ...specs], {
  stdio: "inherit",
  env: { ...process.env, ...env },
});
process.exitCode = status ?? 1;
