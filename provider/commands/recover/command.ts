import type { Command } from "commander";
import { NOTHING_ELSE_RUNS, RUN_IS_OVER } from "../assertions";
import { parseDeadAfter } from "../durations";
import { inert } from "../../text/inert";

interface Options {
  readonly stack: string;
  readonly cwd: string;
  readonly configFile?: string;
  readonly lockDeadAfter?: number;
  readonly runIsOver: boolean;
  readonly nothingElseRuns: boolean;
}

/** Adds the `recover` command. */
export function addRecover(program: Command): void {
  program
    .command("recover")
    .description("recovers a stack after a Pulumi run was killed: aborts unrecorded enrollments and frees the lock")
    .requiredOption("--stack <name>", "the stack; required")
    .option("--cwd <folder>", "the project's folder", ".")
    .option("--config-file <file>", "the stack's settings, if pulumi up got another file than Pulumi.<stack>.yaml")
    .option(
      "--lock-dead-after <time>",
      "treat a run as dead after this time if its state cannot be determined",
      parseDeadAfter,
    )
    .option(...RUN_IS_OVER, false)
    .option(...NOTHING_ELSE_RUNS, false)
    .action(run);
}

async function run({ lockDeadAfter, ...options }: Options): Promise<void> {
  // Loaded here, so that other commands do not load it.
  const { recover } = await import("./recover");
  const age = lockDeadAfter === undefined ? {} : { lockDeadAfterMs: lockDeadAfter };
  const { aborted, archived, cleared, ended, lockFreed, problems } = await recover({
    ...options,
    ...age,
    log: (line) => console.log(inert(line)),
  });
  for (const problem of problems) console.error(inert(problem));
  if (problems.length > 0) process.exitCode = 1;
  else if (aborted + archived + cleared + ended === 0 && !lockFreed)
    console.log(`Nothing to recover in the stack ${options.stack}.`);
  else console.log(`The stack ${options.stack} is recovered. Next: pulumi up, or pulumi destroy.`);
}
