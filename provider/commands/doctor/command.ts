import type { Command } from "commander";
import { isColored } from "../color";
import { addHelpEnd } from "../conventions";
import { nameStack } from "../../text/configCommand";
import { exitCodeOf, STOP_SIGNALS } from "../signals";

interface Options {
  readonly stack?: string;
  readonly cwd: string;
  readonly configFile?: string;
  readonly offline: boolean;
  readonly json: boolean;
}

const EXAMPLES = ["pulumi-mailmodo doctor", "pulumi-mailmodo doctor --stack dev --cwd infra --offline"];
const EXIT_CODES =
  "0 if nothing fails, also with warnings; 1 if anything fails; 129, 130 or 143 if a signal stopped it";

/** Adds the `doctor` command. */
export function addDoctor(program: Command): void {
  const doctor = program
    .command("doctor")
    .description("diagnoses why a stack does not work: checks everything that a run needs, and changes nothing")
    .option("--stack <name>", "the stack; without it, the selected one")
    .option("--cwd <folder>", "the project's folder", ".")
    .option("--config-file <file>", "the stack's settings, if pulumi up uses a different file than Pulumi.<stack>.yaml")
    .option(
      "--offline",
      "do not ask Mailmodo, nor AWS for the API key and locks; the CLI still reads the backend",
      false,
    )
    .option("--json", "print the result as JSON", false)
    .action(run);
  addHelpEnd(doctor, EXAMPLES, EXIT_CODES);
}

async function run({ json, ...options }: Options): Promise<void> {
  nameStack(options.stack, options.configFile);
  // At its exit the process removes what it has copied, and ends the CLI.
  for (const signal of STOP_SIGNALS) process.once(signal, () => process.exit(exitCodeOf(signal)));
  // Loaded here, so that other commands do not load it.
  const [{ diagnose }, { printed }] = await Promise.all([import("./doctor"), import("./report")]);
  const diagnosis = await diagnose({ ...options, env: process.env });
  const text = json ? JSON.stringify(diagnosis, undefined, 2) : printed(diagnosis, isColored(process.stdout));
  // The reader may have closed the pipe.
  process.stdout.on("error", () => undefined);
  // A CLI that still waits for its backend, because its check took too long, would keep this process.
  process.stdout.write(`${text}\n`, () => process.exit(diagnosis.counts.failure > 0 ? 1 : 0));
}
