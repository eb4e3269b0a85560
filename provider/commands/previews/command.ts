import { Option, type Command } from "commander";
import type { Previews } from "./previews";
import type { Report } from "./report";
import { askOpen, type OpenSources } from "./openPreviews";
import { PREVIEW_SETTINGS } from "../../text/configCommand";
import { Stop } from "./stop";
import { Summary } from "./summary";
import { NOTHING_ELSE_RUNS, RUN_IS_OVER } from "../assertions";
import { DEFAULT_TTL_MS, parseDeadAfter, parseTtl } from "../durations";
import { addHelpEnd, argument } from "../conventions";
import { UsageError, WRONG_USE } from "../usageError";
import { checkName } from "./previewName";
import { withCompileCache } from "../compileCache";
import { inert } from "../../text/inert";

interface Common {
  readonly cwd: string;
  readonly settings: string;
  readonly lockDeadAfter: number;
  readonly runIsOver?: boolean;
  readonly nothingElseRuns?: boolean;
  readonly json?: boolean;
  readonly summary?: string;
}

type Reports = typeof import("./report");

/** The result of a command: its report, what `--json` prints, and whether some previews could not be destroyed. */
interface CommandResult {
  readonly report: Report;
  readonly data: unknown;
  readonly left?: boolean;
}

/** Adds the commands for previews: stacks that are created for a pull request and expire. */
export function addPreviews(program: Command): void {
  const previews = program
    .command("previews")
    .description("stacks for pull requests: created, updated, destroyed, and swept when they expire");
  for (const add of [addUp, addDown, addSweep, addList]) add(previews);
}

function addCommand(previews: Command, name: string, description: string, example: string): Command {
  const command = previews.command(name);
  addHelpEnd(command, [`pulumi-mailmodo previews ${name}${example}`], EXIT_CODES);
  return command
    .description(description)
    .option("--cwd <folder>", "the project's folder", ".")
    .option("--settings <file>", "the settings of every preview", PREVIEW_SETTINGS)
    .addOption(
      new Option("--lock-dead-after <time>", "treat another machine's lock as abandoned after this time")
        .argParser(argument(parseDeadAfter))
        .default(7_200_000, '"2h"'),
    )
    .option("--json", "print the result as JSON, and everything else to stderr")
    .option("--summary <file>", "append the result as Markdown");
}

const EXIT_CODES = "0; 1 if it failed, or a preview could not be destroyed; 129, 130 or 143 if a signal stopped it";

function addUp(previews: Command): void {
  const description = "creates or updates a preview, and checks that a second up would change nothing";
  addCommand(previews, "up", description, ' --name pr-42 --ttl 3d --sha "$(git rev-parse HEAD)"')
    .requiredOption(
      "--name <name>",
      "the name of the preview and its stack, such as pr-42; required",
      argument(checkName),
    )
    .addOption(
      new Option("--ttl <time>", "how long the preview may live from now on")
        .argParser(argument(parseTtl))
        .default(DEFAULT_TTL_MS, '"72h"'),
    )
    .option("--sha <commit>", "the commit that the preview is created from")
    .option(...RUN_IS_OVER)
    .option(...NOTHING_ELSE_RUNS)
    .action((options: Common & { name: string; ttl: number; sha?: string }) =>
      run(options, options.name, async (all, reports) => {
        const { name, ttl: ttlMs, sha } = options;
        const preview = await all.up({ name, ttlMs, ...(sha === undefined ? {} : { sha }) });
        return { report: reports.upReport(preview), data: preview };
      }),
    );
}

function addDown(previews: Command): void {
  addCommand(previews, "down", "destroys a preview and removes its stack, if it exists", " --name pr-42")
    .requiredOption("--name <name>", "the preview's name; required", argument(checkName))
    .option(...RUN_IS_OVER)
    .option(...NOTHING_ELSE_RUNS)
    .action((options: Common & { name: string }) =>
      run(options, options.name, async (all, reports) => {
        const destroyed = await all.down(options.name);
        return { report: reports.downReport(destroyed), data: destroyed };
      }),
    );
}

function addSweep(previews: Command): void {
  const description = "destroys every preview that has expired or is not in the open list";
  addCommand(previews, "sweep", description, " --open pr-41,pr-42 --dry-run")
    .option("--dry-run", "only list what would be destroyed", false)
    .option(
      "--open <names>",
      "the previews to keep until they expire, separated by commas; without a list, all that have not expired",
    )
    .option("--open-file <file>", "a file with the names of the previews to keep until they expire, one per line")
    .option("--open-command <command>", "a shell command that prints these names, one per line")
    .option("--all", "allow an empty open list, which destroys all previews", false)
    .action((options: Common & OpenSources & { dryRun: boolean }) =>
      run(options, "sweep", async (all, reports) => {
        const ask = askOpen(options);
        const destroyed = await all.sweep({ dryRun: options.dryRun, ...(ask === undefined ? {} : { ask }) });
        const left = destroyed.some(({ outcome }) => outcome === "left");
        return { report: reports.sweepReport(destroyed), data: destroyed, left };
      }),
    );
}

function addList(previews: Command): void {
  addCommand(previews, "list", "shows the previews", " --json").action((options: Common) =>
    run(options, "list", async (all, reports) => {
      const list = await all.list();
      return { report: reports.listReport(list), data: list };
    }),
  );
}

async function run(
  { cwd, settings, lockDeadAfter, runIsOver = false, nothingElseRuns = false, json, summary: file }: Common,
  name: string,
  work: (previews: Previews, reports: Reports) => Promise<CommandResult>,
): Promise<void> {
  const log = (line: string) => (json ? console.error(inert(line)) : console.log(inert(line)));
  const env = withCompileCache();
  // Loaded here, so that other commands do not load it.
  const [{ Previews }, reports] = await Promise.all([import("./previews"), import("./report")]);
  let summary: Summary | undefined;
  const summarize = (report: Report) => {
    const problem = summary?.append(reports.markdown(report));
    if (problem === undefined) return;
    console.error(inert(problem));
    process.exitCode ??= 1;
  };
  // At SIGHUP the terminal is gone, and what is printed would be an error in place of the exit code.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const stop = new Stop(log, (error) => summarize(reports.failureReport(name, error)));
  try {
    summary = file === undefined ? undefined : new Summary(file);
    const words = { lockDeadAfterMs: lockDeadAfter, runIsOver, nothingElseRuns };
    const previews = await Previews.open({ cwd, settings, ...words, log, stop, env });
    const { report, data, left } = await work(previews, reports);
    console.log(json ? JSON.stringify(data, undefined, 2) : reports.printed(report));
    if (left) process.exitCode = 1;
    summarize(report);
  } catch (error) {
    console.error(inert((error as Error).message));
    process.exitCode = stop.exitCode ?? (error instanceof UsageError ? WRONG_USE : 1);
    summarize(reports.failureReport(name, error as Error));
  }
}
