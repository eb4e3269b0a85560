#!/usr/bin/env node
import { Command } from "commander";
import { parseDeadAfter } from "./previews/words";
import { addPreviews } from "./previews/command";

const program = new Command("pulumi-mailmodo").description("Tools around Mailmodo enrollments in Pulumi stacks.");

program
  .command("recover")
  .description("recovers a stack after a Pulumi run was killed: aborts unrecorded enrollments and frees the lock")
  .requiredOption("--stack <name>", "the stack")
  .option("--cwd <folder>", "the project's folder", ".")
  .option(
    "--lock-dead-after <time>",
    "the age at which to treat a run as dead that cannot be proven alive or dead",
    parseDeadAfter,
  )
  .option("--run-is-over", "you confirm that each run has ended that cannot be proven alive or dead", false)
  .action(async ({ stack, cwd, lockDeadAfter, runIsOver }: RecoverCommand) => {
    const { recover } = await import("./recover/recover");
    const age = lockDeadAfter === undefined ? {} : { lockDeadAfterMs: lockDeadAfter };
    const { aborted, cleared, ended, lockFreed, problems } = await recover({ stack, cwd, runIsOver, ...age });
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else if (aborted + cleared + ended === 0 && !lockFreed) console.log(`Nothing to recover in the stack ${stack}.`);
    else console.log(`The stack ${stack} is recovered. Next: pulumi up, or pulumi destroy.`);
  });

interface RecoverCommand {
  readonly stack: string;
  readonly cwd: string;
  readonly lockDeadAfter?: number;
  readonly runIsOver: boolean;
}

addPreviews(program);

program.parseAsync().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
