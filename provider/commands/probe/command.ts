import type { Command } from "commander";
import { inert } from "../../text/inert";
import type { Options } from "./options";
import { isColored } from "../color";
import { addHelpEnd } from "../conventions";
import { nameStack } from "../../text/configCommand";

const EXAMPLE = `pulumi-mailmodo probe --journey 6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5 \\
    --email probe@seeds.example.com --allow '*@seeds.example.com' --out mailmodo-profile.json`;
const EXIT_CODES =
  "0 if all is as the provider expects; 1 if something needs fixing, such as a setting, or the probe failed; 3 if what " +
  "it started may still run; 128 and its number if a signal stopped it, and it ended what it had started";

/** Adds the `probe` command. */
export function addProbe(program: Command): void {
  const probe = program
    .command("probe")
    .description("checks how Mailmodo answers your account: sends up to three starts and aborts them")
    .requiredOption("--journey <id>", "the journey to start; required")
    .requiredOption("--email <address>", "the address to start it for, which is enrolled nowhere else; required")
    .option("--allow <patterns...>", "the addresses that may get mail; in place of the stack's list")
    .option("--stack <name>", "the stack whose settings and key to use")
    .option("--cwd <folder>", "the project's folder", ".")
    .option("--base-url <url>", "Mailmodo's URL; default: the stack's, or https://api.mailmodo.com")
    .option(
      "--second-instance",
      "look at an abort by address of two instances, in place of a start after an abort",
      false,
    )
    .option("--out <file>", "write the answers to a new file, for mailmodo-sandbox --profile-file")
    .option("--yes", "do not ask", false)
    .option("--json", "print the result as JSON, and everything else to stderr", false)
    .action(run);
  addHelpEnd(probe, [EXAMPLE], EXIT_CODES);
}

async function run(options: Options): Promise<void> {
  // The reader, or the terminal, may be gone. What was started must be ended all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  nameStack(options.stack);
  const log = (line: string) => console.error(inert(line));
  // Loaded here, so that other commands do not load it.
  const [{ runProbe }, { printed }] = await Promise.all([import("./runProbe"), import("./report")]);
  const { result, exitCode } = await runProbe(options, log);
  if (result !== undefined)
    console.log(
      options.json ? JSON.stringify(result, undefined, 2) : printed(result, { isColored: isColored(process.stdout) }),
    );
  // Last, as the table would scroll it away.
  for (const line of result?.mayStillRun ?? []) log(line);
  process.exitCode = exitCode;
}
