import * as fs from "node:fs";
import * as path from "node:path";
import { backendOf, journalFolder } from "../../pulumi/backend";
import { stackIdentity, type StackIdentity } from "../../journal/stackIdentity";
import type { Deployment } from "../../pulumi/deployment";
import { freeLocks, notedSince } from "./lock";
import { assertOfProject, ownSettings, readableProject } from "../../pulumi/project";
import { TAGS } from "../previews/preview";
import { runsOf } from "./currentRuns";
import { nextCommands, type InternalOptions, type NextCommands } from "./nextCommands";
import { Stack } from "../../pulumi/stack";
import { NO_STACK, parseStackName } from "../../pulumi/stackName";
import { waitForSurvivors } from "./survivors";

/** A stack that no run has locked, and for which no plugin of a dead run can still send anything. */
export interface UnlockedStack {
  readonly stack: Stack;
  readonly config: Readonly<Record<string, string>>;
  readonly identity: StackIdentity;
  /** The journal's folder. */
  readonly folder: string;
  readonly lockFreed: boolean;
  /**
   * Since when each start, and each add of a contact that is not adopted, has a note in that folder, in milliseconds since
   * 1970. Undefined if that is not known.
   */
  readonly notedSince: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly next: NextCommands;
  readonly log: (line: string) => void;
}

/** Frees the lock of a dead run, and waits for what the run left behind. */
export async function unlock(options: InternalOptions): Promise<UnlockedStack> {
  const { log = console.log, env = process.env } = options;
  const next = nextCommands(options);
  const cwd = projectFolder(options.cwd ?? process.cwd());
  assertOfProject(options.stack, cwd);
  const configFile = options.configFile && path.resolve(options.configFile);
  const stack = new Stack(options.stack, cwd, env, configFile);
  if (await stack.repairAttributes()) log("Removed an empty attributes file left by the killed run.");

  // First, because this also checks that the stack exists.
  const state = await stack.state().catch((error: Error) => {
    throw NO_STACK.test(error.message) ? new Error(`${error.message} ${IF_RENAMED}`) : error;
  });
  const secretsProvider = state.secrets_providers?.state?.url;
  const { fullName, locks } = await stack.occupancy(secretsProvider);
  const url = await stack.backendUrl();
  const identity = stackIdentity(withProject(fullName, state), backendOf({ env, folder: cwd, askCli: () => url }));
  const folder = journalFolder({ env, folder: cwd });
  const config = await configOf(stack, options.configFile !== undefined);
  const runs = runsOf(folder, identity);
  const lockFreed = await freeLocks(locks, { ...options, stack, secretsProvider, runs, again: next.again, log });
  await waitForSurvivors(runsOf(folder, identity), cwd, log);
  return { stack, config, identity, folder, lockFreed, notedSince: notedSince(locks, runs), env, next, log };
}

/**
 * The stack's config. With the wrong settings, another Mailmodo would be asked to abort, and would know nothing of what
 * runs.
 */
async function configOf(stack: Stack, isNamed: boolean): Promise<Record<string, string>> {
  const name = parseStackName(stack.name).stack;
  const project = readableProject(stack.cwd);
  const isOwn = isNamed || (project !== undefined && ownSettings(project, name) !== undefined);
  if (!isOwn && TAGS.created in (await stack.tags()))
    throw new Error(
      `The stack ${name} is a preview, whose settings recover does not know. Run npx pulumi-mailmodo previews up --name ${name}, or ` +
        "previews down: both recover it first.",
    );
  const config = await stack.config();
  if (config["mailmodo:allowedRecipients"] !== undefined) return config;
  throw new Error(
    `The config of the stack ${name} has no mailmodo:allowedRecipients, so it is not the one that the stack enrolled with. Name its ` +
      "settings file (--config-file <file>), or set mailmodo:allowedRecipients.",
  );
}

/** An old kind of backend leaves the project out of a stack's full name. The URNs in the state contain it. */
function withProject(fullName: string, { resources = [] }: Deployment): string {
  if (fullName.split("/").length === 3) return fullName;
  const project = resources[0]?.urn.split("::")[1];
  if (project !== undefined) return `organization/${project}/${fullName}`;
  throw new Error(
    `The project of the stack ${fullName} cannot be determined: its backend is of an old kind. Run: pulumi state upgrade.`,
  );
}

function projectFolder(folder: string): string {
  if (!fs.existsSync(folder))
    throw new Error(`The folder ${folder} does not exist. Name the project's folder: --cwd <folder>.`);
  return fs.realpathSync(folder);
}

/** A message may name a stack as its state does, which keeps the old name until the next up. */
const IF_RENAMED = "If it was renamed, give its name of today: pulumi stack ls lists the stacks.";
