import { parseReference } from "./aws/reference";
import { SettingsError } from "./settingsError";
import { isInPreview, keyCommand } from "../text/configCommand";

/** A setting that holds the API key, or says where the key is. */
export interface KeySource {
  readonly setting: "MAILMODO_API_KEY" | "mailmodo:apiKeySecret" | "mailmodo:apiKey";
  readonly value: string;
}

/**
 * The API key from the first of the given settings. If there are others, one line says which one is used, once in this
 * process.
 *
 * @throws {SettingsError} There is no setting, the key cannot be read, or it contains a character that no key has.
 */
export async function apiKeyOf(
  [used, ...others]: readonly KeySource[],
  env: NodeJS.ProcessEnv,
  log: (line: string) => void = console.log,
): Promise<string> {
  if (used === undefined) {
    throw new SettingsError(missingKeyProblem(env));
  }
  if (others.length > 0) {
    const all = [used, ...others].map(({ setting }) => setting).join(", ");
    logOnce(`The API key is set more than once (${all}): ${used.setting} is used.`, log);
  }
  const isInAws = used.setting === "mailmodo:apiKeySecret";
  const key = isInAws ? await (await awsSecrets()).readAwsKey(parseReference(used.value)) : used.value;
  const problem = problemOf(key);
  if (problem === undefined) return key;
  const where = isInAws ? `${used.setting} ${used.value.trim()}` : used.setting;
  throw new SettingsError(`The API key in ${where} has ${problem} in it. ${adviceOnKey(used, env)}`);
}

function missingKeyProblem(env: NodeJS.ProcessEnv): string {
  const isEmpty = env["MAILMODO_API_KEY"] === "";
  if (isInPreview(env)) {
    return isEmpty
      ? "Missing mailmodo:apiKey. MAILMODO_API_KEY is empty: put the key in it; in CI, check that this job gets the secret. Or name " +
          "an AWS secret that holds it in mailmodo:apiKeySecret."
      : "Missing mailmodo:apiKey. Put the key in MAILMODO_API_KEY, or name an AWS secret that holds it in mailmodo:apiKeySecret.";
  }
  return isEmpty
    ? "Missing mailmodo:apiKey. MAILMODO_API_KEY is empty: put the key in it; in CI, check that this job gets the secret. Or set it: " +
        `${keyCommand(env)}, or name an AWS secret that holds it in mailmodo:apiKeySecret.`
    : `Missing mailmodo:apiKey. Set it: ${keyCommand(env)}, or put the key in MAILMODO_API_KEY, ` +
        "or name an AWS secret that holds it in mailmodo:apiKeySecret.";
}

function problemOf(key: string): string | undefined {
  if (/[\r\n]/.test(key)) return "a line break";
  if (/["'`]/.test(key)) return "a quotation mark";
  return /^[\x21-\x7e]+$/.test(key) ? undefined : "a space or a character that no key has";
}

/** Names the source in use: another one would not be looked at. */
function adviceOnKey({ setting }: KeySource, env: NodeJS.ProcessEnv): string {
  if (setting === "mailmodo:apiKeySecret") return "Store it again, the key alone.";
  if (setting === "MAILMODO_API_KEY") return "Set the variable again, to the key alone.";
  return `Set it again, the key alone: ${keyCommand(env)}.`;
}

/** The key from before a rotation, if AWS still keeps it. It is only needed to read what was sealed with it. */
export async function formerApiKeyOf([used]: readonly KeySource[]): Promise<string | undefined> {
  if (used?.setting !== "mailmodo:apiKeySecret") return undefined;
  return (await awsSecrets()).readFormerAwsKey(parseReference(used.value));
}

/** Loaded only when a reference is used: a program and most plugins never read from AWS. */
const awsSecrets = () => import("./aws/secrets");

const logged = new Set<string>();

function logOnce(line: string, log: (line: string) => void): void {
  if (logged.has(line)) return;
  logged.add(line);
  log(line);
}
