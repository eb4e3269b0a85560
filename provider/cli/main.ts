#!/usr/bin/env node
import { Command } from "commander";
import { addPreviews } from "./previews";

const program = new Command("pulumi-mailmodo").description("Tools around Mailmodo enrollments in Pulumi stacks.");

program
  .command("recover")
  .description("mends a stack after a run of Pulumi was killed: aborts what is recorded nowhere, frees the lock")
  .requiredOption("--stack <name>", "the stack")
  .option("--cwd <folder>", "the project's folder", ".")
  .action(async (options: { stack: string; cwd: string }) => {
    const { recover } = await import("../recover/recover");
    const { aborted, cleared, ended, lockFreed, problems } = await recover(options);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else if (aborted + cleared + ended === 0 && !lockFreed)
      console.log(`Nothing to recover in the stack ${options.stack}.`);
    else console.log(`The stack ${options.stack} is recovered. Next: pulumi up, or pulumi destroy.`);
  });

addPreviews(program);

program.parseAsync().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
