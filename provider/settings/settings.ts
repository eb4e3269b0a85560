import { apiKeyOf, type KeySource } from "./apiKey";
import { DEFAULT_BASE_URL, parseBaseUrl } from "../mailmodo/baseUrl";
import { parseRecipients, type Recipients } from "../model/recipients";
import { ProxySettingError, proxyFor } from "../network/proxy";
import { stackOptions } from "../text/configCommand";
import type { SettingName } from "./settingNames";
import { SettingsError } from "./settingsError";

/**
 * Reads a stack config value by its full name, with secrets decrypted. Both Pulumi's plugin and a program can provide
 * one.
 */
export interface ConfigReader {
  get(key: SettingName): string | undefined;
}

const DEFAULT_REQUEST_TIMEOUT_SECONDS = 10;
/** The limit of the smallest plan. */
const DEFAULT_REQUESTS_PER_SECOND = 5;
const MAX_LATE_START_SECONDS = 3600;
/** A day. */
const MAX_SLOW_DOWN_MINUTES = 1440;
// Two attempts and the wait between them must fit into the time for one operation.
const MAX_REQUEST_TIMEOUT_SECONDS = 20;

const SOME_RECIPIENTS = `mailmodo:allowedRecipients '["*@seeds.example.com"]'`;

/** The settings for requests to Mailmodo, from the stack config and the environment. */
export interface Settings {
  readonly apiKey: string;
  /** `mailmodo:baseUrl`: the API's origin, with an optional path and no trailing slash. */
  readonly baseUrl: string;
  /** The proxy that the environment names for the base URL, if any. */
  readonly proxy: URL | undefined;
  /** `mailmodo:requestTimeoutSeconds`, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** `mailmodo:requestsPerSecond`: a whole number, or a fraction below 1. */
  readonly requestsPerSecond: number;
  /** `mailmodo:lateStartSeconds`, in milliseconds. Undefined if it is not set. */
  readonly lateEffectMs: number | undefined;
  /** `mailmodo:slowDownTimeoutMinutes`, in milliseconds. Undefined if it is not set. */
  readonly slowDownTimeoutMs: number | undefined;
  /** `mailmodo:alreadyOver`: additional phrases that mean that an instance has ended. */
  readonly alreadyOver: readonly string[];
}

/** @throws {SettingsError} A setting is missing or invalid. */
export async function readSettings(config: ConfigReader, env: NodeJS.ProcessEnv = process.env): Promise<Settings> {
  const url = baseUrl(config, env);
  return {
    apiKey: await apiKeyOf(keySources(config, env), env),
    baseUrl: url,
    proxy: proxyOf(url, env),
    requestTimeoutMs: requestTimeoutSeconds(config, env) * 1000,
    requestsPerSecond: requestsPerSecond(config, env),
    lateEffectMs: lateEffectMs(config, env),
    slowDownTimeoutMs: slowDownTimeoutMs(config, env),
    alreadyOver: alreadyOver(config, env),
  };
}

/** Those of `MAILMODO_API_KEY`, `mailmodo:apiKeySecret` and `mailmodo:apiKey` that are set, in order of precedence. */
export function keySources(config: ConfigReader, env: NodeJS.ProcessEnv = process.env): KeySource[] {
  return [
    { setting: "MAILMODO_API_KEY", value: env["MAILMODO_API_KEY"] ?? "" } as const,
    { setting: "mailmodo:apiKeySecret", value: config.get("mailmodo:apiKeySecret") ?? "" } as const,
    { setting: "mailmodo:apiKey", value: config.get("mailmodo:apiKey") ?? "" } as const,
  ].filter(({ value }) => value !== "");
}

/** The reference to the key in AWS. Undefined if the key does not come from AWS. */
export function secretInUse(config: ConfigReader): string | undefined {
  const [used] = keySources(config);
  return used?.setting === "mailmodo:apiKeySecret" ? used.value.trim() : undefined;
}

/**
 * The addresses that may be enrolled: `mailmodo:allowedRecipients`.
 *
 * @throws {SettingsError} It is missing or not a JSON list of patterns.
 */
export function allowedRecipients(config: ConfigReader): Recipients {
  const text = config.get("mailmodo:allowedRecipients");
  if (text === undefined || text.trim() === "") {
    throw new SettingsError(
      "Missing mailmodo:allowedRecipients: every start sends real mail, so the addresses that may get it must be named. " +
        `Set it: pulumi config set ${stackOptions()}${SOME_RECIPIENTS}.`,
    );
  }
  try {
    if (parsed?.text !== text) parsed = { text, recipients: parseRecipients(text) };
    return parsed.recipients;
  } catch (error) {
    throw new SettingsError(
      `mailmodo:allowedRecipients ${(error as Error).message}. Set it: pulumi config set ${stackOptions()}${SOME_RECIPIENTS}.`,
    );
  }
}

/** The last parsed list, cached because every start checks it. */
let parsed: { readonly text: string; readonly recipients: Recipients } | undefined;

function baseUrl(config: ConfigReader, env: NodeJS.ProcessEnv): string {
  const parsed = parseBaseUrl(config.get("mailmodo:baseUrl") || DEFAULT_BASE_URL);
  if ("url" in parsed) return parsed.url;
  throw new SettingsError(
    `mailmodo:baseUrl ${parsed.problem}. Set it: pulumi config set ${stackOptions(env)}mailmodo:baseUrl ${DEFAULT_BASE_URL}.`,
  );
}

function proxyOf(url: string, env: NodeJS.ProcessEnv): URL | undefined {
  try {
    return proxyFor(new URL(url), env);
  } catch (error) {
    throw error instanceof ProxySettingError ? new SettingsError(error.message) : error;
  }
}

function requestTimeoutSeconds(config: ConfigReader, env: NodeJS.ProcessEnv): number {
  const text = config.get("mailmodo:requestTimeoutSeconds");
  if (text === undefined || text === "") return DEFAULT_REQUEST_TIMEOUT_SECONDS;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= MAX_REQUEST_TIMEOUT_SECONDS)) {
    throw new SettingsError(
      `mailmodo:requestTimeoutSeconds must be a number above 0 and at most ${MAX_REQUEST_TIMEOUT_SECONDS}. ` +
        `Set it: pulumi config set ${stackOptions(env)}mailmodo:requestTimeoutSeconds ${DEFAULT_REQUEST_TIMEOUT_SECONDS}.`,
    );
  }
  return seconds;
}

function lateEffectMs(config: ConfigReader, env: NodeJS.ProcessEnv): number | undefined {
  const text = config.get("mailmodo:lateStartSeconds");
  if (text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  if (!(seconds >= 0 && seconds <= MAX_LATE_START_SECONDS)) {
    throw new SettingsError(
      `mailmodo:lateStartSeconds must be a number from 0 to ${MAX_LATE_START_SECONDS}. ` +
        `Set it: pulumi config set ${stackOptions(env)}mailmodo:lateStartSeconds 60.`,
    );
  }
  return seconds * 1000;
}

function slowDownTimeoutMs(config: ConfigReader, env: NodeJS.ProcessEnv): number | undefined {
  const text = config.get("mailmodo:slowDownTimeoutMinutes");
  if (text === undefined || text.trim() === "") return undefined;
  const minutes = Number(text);
  if (!(minutes >= 0 && minutes <= MAX_SLOW_DOWN_MINUTES)) {
    throw new SettingsError(
      `mailmodo:slowDownTimeoutMinutes must be a number from 0 to ${MAX_SLOW_DOWN_MINUTES}. ` +
        `Set it: pulumi config set ${stackOptions(env)}mailmodo:slowDownTimeoutMinutes 15.`,
    );
  }
  return minutes * 60_000;
}

/** Above 1, only whole numbers can be enforced: at 2.5 a second, some seconds would have three requests. */
function requestsPerSecond(config: ConfigReader, env: NodeJS.ProcessEnv): number {
  const text = config.get("mailmodo:requestsPerSecond");
  if (text === undefined || text === "") return DEFAULT_REQUESTS_PER_SECOND;
  const rate = Number(text);
  if (!(rate > 0 && (rate < 1 || Number.isSafeInteger(rate)))) {
    throw new SettingsError(
      "mailmodo:requestsPerSecond must be a whole number from 1, or a fraction above 0 such as 0.5. " +
        `Set it to your plan's: pulumi config set ${stackOptions(env)}mailmodo:requestsPerSecond ${DEFAULT_REQUESTS_PER_SECOND}.`,
    );
  }
  return rate;
}

function alreadyOver(config: ConfigReader, env: NodeJS.ProcessEnv): string[] {
  const text = config.get("mailmodo:alreadyOver");
  if (text === undefined || text === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!Array.isArray(value) || !value.every((phrase) => typeof phrase === "string" && phrase.trim().length > 3)) {
    throw new SettingsError(
      "mailmodo:alreadyOver must be a JSON list of phrases, each longer than three characters. " +
        `Set it: pulumi config set ${stackOptions(env)}mailmodo:alreadyOver '["has left the journey"]'.`,
    );
  }
  return value as string[];
}
