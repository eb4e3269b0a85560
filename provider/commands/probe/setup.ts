import * as fs from "node:fs";
import { parseBaseUrl } from "../../mailmodo/baseUrl";
import { Deadline } from "../../mailmodo/deadline";
import type { Connection } from "../../mailmodo/transport";
import { problemsOf } from "../../model/inputs";
import { parseRecipients, type Recipients } from "../../model/recipients";
import { ownSettings, readableProject } from "../../pulumi/project";
import { projectFile } from "../../pulumi/projectFile";
import { Stack } from "../../pulumi/stack";
import { NO_STACK, parseStackName } from "../../pulumi/stackName";
import { apiKeyOf } from "../../settings/apiKey";
import { allowedRecipients, keySources, readSettings, type ConfigReader, type Settings } from "../../settings/settings";
import { TAGS } from "../../pulumi/previewTags";
import type { Options } from "./options";
import { Pace } from "./pace";
import { UsageError } from "../usageError";
import { waitNotice } from "./waitNotice";

/** How the probe reaches Mailmodo. */
export interface Setup {
  readonly settings: Settings;
  readonly pace: Pace;
  /** Makes a connection for one call, with a deadline of its own. */
  connect(more: Pick<Connection, "reasonToHold"> & Partial<Connection>): Connection;
}

/** For how long one call is sent again while it is answered 429: a person waits for it. */
const SLOW_DOWN_BUDGET_MS = 120_000;

/**
 * Checks the command line, and reads the settings as the plugin and `recover` do.
 *
 * @throws {UsageError} An option is missing or wrong, or names what does not exist.
 * @throws {Error} The stack cannot be read, or a setting is missing or wrong.
 */
export async function setUp(options: Options, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<Setup> {
  checkTarget(options);
  const named = recipientsNamed(options);
  const config = await configOf(options, env);
  const read: ConfigReader = {
    get: (key) => (key === "mailmodo:baseUrl" ? (options.baseUrl ?? config[key]) : config[key]),
  };
  checkRecipient(options, named ?? allowedRecipients(read));
  // If the key is set more than once, this says which one is used; readSettings would print it between the results.
  await apiKeyOf(keySources(read, env), env, log);
  const settings = await readSettings(read, env);
  const pace = new Pace(settings.requestsPerSecond);
  const budgetMs = Math.min(settings.slowDownTimeoutMs ?? SLOW_DOWN_BUDGET_MS, SLOW_DOWN_BUDGET_MS);
  return {
    settings,
    pace,
    connect: (more) => ({
      ...settings,
      pace: pace.current,
      deadline: new Deadline(budgetMs),
      log,
      onWait: waitNotice(pace.everyMs, log),
      ...more,
    }),
  };
}

function checkTarget({ journey, email, baseUrl }: Options): void {
  const [ofJourney] = problemsOf({ journeyId: journey }, undefined, ["journeyId"]);
  if (ofJourney !== undefined) throw new UsageError(ofJourney.replace(/^journeyId/, "--journey"));
  const [ofEmail] = problemsOf({ email }, undefined, ["email"]);
  if (ofEmail !== undefined) throw new UsageError(ofEmail.replace(/^email/, "--email"));
  const parsed = baseUrl === undefined ? undefined : parseBaseUrl(baseUrl);
  if (parsed !== undefined && "problem" in parsed) throw new UsageError(`--base-url ${parsed.problem}.`);
}

/** Those of --allow. Undefined if the stack's list is to be taken. */
function recipientsNamed({ allow, stack }: Options): Recipients | undefined {
  if (allow === undefined && stack === undefined)
    throw new UsageError(
      "Each start may send real mail, so the addresses that may get it must be named. Add --allow <pattern>, or --stack <name> for the list of a stack.",
    );
  if (allow === undefined) return undefined;
  try {
    return parseRecipients(JSON.stringify(allow));
  } catch (error) {
    throw new UsageError(`--allow ${(error as Error).message}.`);
  }
}

async function configOf({ stack, cwd, baseUrl }: Options, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  if (!fs.existsSync(cwd))
    throw new UsageError(`The folder ${cwd} does not exist. Name the project's folder: --cwd <folder>.`);
  if (stack === undefined) return {};
  // The CLI would take the selected stack.
  if (stack.trim() === "") throw new UsageError("--stack must name a stack: --stack <name>.");
  if (projectFile(cwd) === undefined)
    throw new UsageError(`There is no Pulumi project in the folder ${cwd}. Name the project's folder: --cwd <folder>.`);
  try {
    const named = new Stack(stack, cwd, env);
    const config = await named.config();
    if (baseUrl === undefined) await assertOwnSettings(named, config);
    return config;
  } catch (error) {
    const { message } = error as Error;
    if (!NO_STACK.test(message)) throw error;
    throw new UsageError(`${message} Name one that exists: --stack <name>.`);
  }
}

/**
 * Without the stack's settings, the key of a sandbox would go to Mailmodo itself, which is the default. All settings may be
 * in the project file, but not those of a preview.
 */
async function assertOwnSettings(stack: Stack, config: Readonly<Record<string, string>>): Promise<void> {
  const project = readableProject(stack.cwd);
  if (project === undefined || ownSettings(project, parseStackName(stack.name).stack) !== undefined) return;
  if (config["mailmodo:allowedRecipients"] !== undefined && !(TAGS.created in (await stack.tags()))) return;
  throw new UsageError(
    `The stack ${stack.name} has no settings file here, which would say where its Mailmodo is. Nothing was sent. Name the URL: ` +
      "--base-url <url>.",
  );
}

function checkRecipient({ email, allow, stack }: Options, recipients: Recipients): void {
  if (recipients.allows(email)) return;
  const list = allow === undefined ? `mailmodo:allowedRecipients of the stack ${stack}` : "--allow";
  throw new UsageError(`The address of --email is outside ${list}. Nothing was sent. Name one that may get mail.`);
}
