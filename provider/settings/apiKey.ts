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
    throw new SettingsError(
      isInPreview(env)
        ? "Missing mailmodo:apiKey. Put the key in MAILMODO_API_KEY, or name an AWS secret that holds it in mailmodo:apiKeySecret."
        : "Missing mailmodo:apiKey. Set it: pulumi config set --secret mailmodo:apiKey <key>, or put the key in MAILMODO_API_KEY, " +
            "or name an AWS secret that holds it in mailmodo:apiKeySecret.",
    );
  }
  if (others.length > 0) {
    const all = [used, ...others].map(({ setting }) => setting).join(", ");
    logOnce(`The API key is set more than once (${all}): ${used.setting} is used.`, log);
  }
  const isInAws = used.setting === "mailmodo:apiKeySecret";
  const key = isInAws ? await (await awsSecrets()).readAwsKey(parseReference(used.value)) : used.value;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const what = /[\r\n]/.test(key) ? "a line break" : "a space or a character that no key has";
  const [where, next] = isInAws
    ? [`${used.setting} ${used.value.trim()}`, "Store it again, the key alone."]
    : [used.setting, `Set it again, the key alone: ${keyCommand(env)}.`];
  throw new SettingsError(`The API key in ${where} has ${what} in it. ${next}`);
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
