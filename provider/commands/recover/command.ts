import type { Command } from "commander";
import { NOTHING_ELSE_RUNS, RUN_IS_OVER } from "../assertions";
import { addHelpEnd, argument } from "../conventions";
import { parseDeadAfter } from "../durations";
import { checkedStackName } from "../../pulumi/stackName";
import { nameStack } from "../../text/configCommand";
import { inert } from "../../text/inert";

interface Options {
  readonly stack: string;
  readonly cwd: string;
  readonly configFile?: string;
  readonly lockDeadAfter?: number;
  readonly runIsOver: boolean;
  readonly nothingElseRuns: boolean;
  readonly json: boolean;
}

/** Adds the `recover` command. */
export function addRecover(program: Command): void {
  const recover = program
    .command("recover")
    .description("recovers a stack after a Pulumi run was killed: aborts unrecorded enrollments and frees the lock")
    .requiredOption("--stack <name>", "the stack; required", argument(checkedStackName))
    .option("--cwd <folder>", "the project's folder", ".")
    .option("--config-file <file>", "the stack's settings, if pulumi up used a different file than Pulumi.<stack>.yaml")
    .option(
      "--lock-dead-after <time>",
      "treat a run as dead after this time if its state cannot be determined",
      argument(parseDeadAfter),
    )
    .option(...RUN_IS_OVER, false)
    .option(...NOTHING_ELSE_RUNS, false)
    .option("--json", "print the result as JSON, and everything else to stderr", false)
    .action(run);
  addHelpEnd(
    recover,
    ["pulumi-mailmodo recover --stack dev", "pulumi-mailmodo recover --stack dev --cwd infra --run-is-over"],
    "0 if the stack is recovered, or nothing was to be done; 1 if something could not be done or decided",
  );
}

async function run({ lockDeadAfter, json, ...options }: Options): Promise<void> {
  nameStack(options.stack, options.configFile);
  // Loaded here, so that other commands do not load it.
  const { recover } = await import("./recover");
  const age = lockDeadAfter === undefined ? {} : { lockDeadAfterMs: lockDeadAfter };
  let hasSpoken = false;
  const log = (line: string) => {
    hasSpoken = true;
    (json ? console.error : console.log)(inert(line));
  };
  const recovery = await recover({ ...options, ...age, log });
  const { problems } = recovery;
  for (const problem of problems) console.error(inert(problem));
  if (problems.length > 0) process.exitCode = 1;
  if (json) console.log(JSON.stringify(recovery, undefined, 2));
  else if (problems.length > 0) return;
  else if (hasSpoken) console.log(`The stack ${options.stack} is recovered. Next: pulumi up, or pulumi destroy.`);
  else console.log(`Nothing to recover in the stack ${options.stack}.`);
}
