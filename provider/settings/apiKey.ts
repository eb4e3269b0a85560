import { parseReference } from "./aws/reference";
import { SettingsError } from "./settingsError";

/** A setting that gives the API key, or says where it is. */
export interface KeySource {
  readonly setting: "MAILMODO_API_KEY" | "mailmodo:apiKeySecret" | "mailmodo:apiKey";
  readonly value: string;
}

/**
 * The API key, of the settings that are there: the first counts, and one line, once in this process, says so where there
 * are others.
 *
 * @throws {SettingsError} There is none, it cannot be read, or no key looks like that.
 */
export async function apiKeyOf(
  [used, ...others]: readonly KeySource[],
  log: (line: string) => void = console.log,
): Promise<string> {
  if (used === undefined) {
    throw new SettingsError(
      `Missing mailmodo:apiKey. Set it: ${KEY_COMMAND}, or put the key in MAILMODO_API_KEY, ` +
        "or name a secret of AWS that holds it in mailmodo:apiKeySecret.",
    );
  }
  if (others.length > 0) {
    const all = [used, ...others].map(({ setting }) => setting).join(", ");
    sayOnce(`The API key is set more than once (${all}): ${used.setting} is used.`, log);
  }
  const isInAws = used.setting === "mailmodo:apiKeySecret";
  const key = isInAws ? await (await awsSecrets()).readAwsKey(parseReference(used.value)) : used.value;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const what = /[\r\n]/.test(key) ? "a line break" : "a space or a character that no key has";
  const [where, next] = isInAws
    ? [`${used.setting} ${used.value.trim()}`, "Store it again, the key alone."]
    : [used.setting, `Set it again, the key alone: ${KEY_COMMAND}.`];
  throw new SettingsError(`The API key in ${where} has ${what} in it. ${next}`);
}

/** The key before a rotation, where it is still kept: only what was sealed with it needs it. */
export async function formerApiKeyOf([used]: readonly KeySource[]): Promise<string | undefined> {
  if (used?.setting !== "mailmodo:apiKeySecret") return undefined;
  return (await awsSecrets()).readFormerAwsKey(parseReference(used.value));
}

/** Loaded when a reference is used: a program and most plugins never read from AWS. */
const awsSecrets = () => import("./aws/secrets");

export const KEY_COMMAND = "pulumi config set --secret mailmodo:apiKey <key>";

const said = new Set<string>();

function sayOnce(line: string, log: (line: string) => void): void {
  if (said.has(line)) return;
  said.add(line);
  log(line);
}
