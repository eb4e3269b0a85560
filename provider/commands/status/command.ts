import type { Command } from "commander";
import { inert } from "../../text/inert";
import { addHelpEnd } from "../conventions";

interface Options {
  readonly stack?: string;
  readonly allProjects?: boolean;
  readonly cwd: string;
  readonly json?: boolean;
  readonly showAddresses?: boolean;
}

/** Adds the `status` command. */
export function addStatus(program: Command): void {
  const status = program
    .command("status")
    .description(
      "shows what is enrolled in which stack, from states, locks and this machine's journal: asks Mailmodo nothing",
    )
    .option("--stack <name>", "only this stack; default: all stacks of the project")
    .option("--all-projects", "the stacks of all projects in the backend")
    .option("--cwd <folder>", "the project's folder", ".")
    .option("--json", "print the result as JSON")
    .option("--show-addresses", "print the addresses in full; default: masked")
    .action(run);
  addHelpEnd(
    status,
    ["pulumi-mailmodo status --all-projects"],
    "0; 1 if a stack could not be read or decrypted, an address is enrolled twice in one journey, or the command failed",
  );
}

async function run({ allProjects = false, json, showAddresses = false, ...options }: Options): Promise<void> {
  // Loaded here, so that other commands do not load it.
  const [{ readStatus }, { viewOf }, { linesOf }] = await Promise.all([
    import("./status"),
    import("./view"),
    import("./report"),
  ]);
  const view = viewOf(await readStatus({ ...options, allProjects, env: process.env }), showAddresses);
  const isOfOthers = allProjects || options.stack?.includes("/") === true;
  console.log(
    json
      ? JSON.stringify(view, undefined, 2)
      : linesOf(view, Date.now(), { isOfOthers, showsAddresses: showAddresses }).map(inert).join("\n"),
  );
  const { incomplete, conflicts } = view.totals;
  if (incomplete + conflicts > 0) process.exitCode = 1;
}
