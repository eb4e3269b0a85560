import * as fs from "node:fs";
import { Deadline } from "../../mailmodo/deadline";
import type { Connection } from "../../mailmodo/transport";
import { problemsOf } from "../../model/inputs";
import { parseRecipients, type Recipients } from "../../model/recipients";
import { Stack } from "../../pulumi/stack";
import { apiKeyOf } from "../../settings/apiKey";
import { allowedRecipients, keySources, readSettings, type ConfigReader, type Settings } from "../../settings/settings";
import { SettingsError } from "../../settings/settingsError";
import type { Options } from "./options";
import { Pace } from "./pace";
import { UsageError } from "../usageError";

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
 * Reads the settings as the plugin and `recover` do, and checks the journey and the address.
 *
 * @throws {UsageError} An option is missing or wrong.
 * @throws {Error} The stack or a setting cannot be read.
 */
export async function setUp(options: Options, env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<Setup> {
  checkJourney(options);
  if (!fs.existsSync(options.cwd))
    throw new UsageError(`The folder ${options.cwd} does not exist. Name the project's folder: --cwd <folder>.`);
  const config = options.stack === undefined ? {} : await new Stack(options.stack, options.cwd, env).config();
  const read: ConfigReader = {
    get: (key) => (key === "mailmodo:baseUrl" ? (options.baseUrl ?? config[key]) : config[key]),
  };
  checkRecipient(options, recipientsOf(options, read));
  const settings = await settingsOf(options, read, env, log);
  const pace = new Pace(settings.requestsPerSecond);
  const budgetMs = Math.min(settings.slowDownTimeoutMs ?? SLOW_DOWN_BUDGET_MS, SLOW_DOWN_BUDGET_MS);
  return {
    settings,
    pace,
    connect: (more) => ({ ...settings, pace: pace.current, deadline: new Deadline(budgetMs), log, ...more }),
  };
}

function checkJourney({ journey }: Options): void {
  const [problem] = problemsOf({ journeyId: journey }, undefined, ["journeyId"]);
  if (problem !== undefined) throw new UsageError(problem.replace(/^journeyId/, "--journey"));
}

function recipientsOf({ allow, stack }: Options, config: ConfigReader): Recipients {
  if (allow === undefined && stack === undefined)
    throw new UsageError(
      "Each start may send real mail, so the addresses that may get it must be named. Add --allow <pattern>, or --stack <name> for the list of a stack.",
    );
  if (allow === undefined) return allowedRecipients(config);
  try {
    return parseRecipients(JSON.stringify(allow));
  } catch (error) {
    throw new UsageError(`--allow ${(error as Error).message}.`);
  }
}

function checkRecipient({ email, allow, stack }: Options, recipients: Recipients): void {
  const [problem] = problemsOf({ email }, undefined, ["email"]);
  if (problem !== undefined) throw new UsageError(problem.replace(/^email/, "--email"));
  if (recipients.allows(email)) return;
  const list = allow === undefined ? `mailmodo:allowedRecipients of the stack ${stack}` : "--allow";
  throw new UsageError(`The address of --email is outside ${list}. Nothing was sent. Name one that may get mail.`);
}

async function settingsOf(
  { baseUrl }: Options,
  config: ConfigReader,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<Settings> {
  try {
    // If the key is set more than once, this says which one is used; readSettings would print it between the results.
    await apiKeyOf(keySources(config, env), env, log);
    return await readSettings(config, env);
  } catch (error) {
    const { message } = error as Error;
    if (baseUrl === undefined || !(error instanceof SettingsError) || !message.startsWith("mailmodo:baseUrl "))
      throw error;
    throw new UsageError(message.replace(/^mailmodo:baseUrl/, "--base-url").replace(/ Set it: .*$/, ""));
  }
}
