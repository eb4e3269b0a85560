import { keyCommand, stackOptions } from "../../text/configCommand";
import { SettingsError } from "../settingsError";

/** Where AWS stores the API key. It reveals nothing about the key itself. */
export interface AwsReference {
  /** As it was set, for messages. */
  readonly text: string;
  readonly service: "secretsmanager" | "ssm";
  /** The secret's name or ARN, or the parameter's path. */
  readonly id: string;
  /** The field of a JSON secret that holds the key. Default: none, the secret itself is the key. */
  readonly field?: string;
  /** The region, if the reference names it. Default: the AWS SDK's own. */
  readonly region?: string;
}

/**
 * Parses `mailmodo:apiKeySecret`: a secret's name or ARN, optionally followed by `#` and a top-level field; or `ssm:`
 * and a parameter's path. A secret's name cannot contain a `#`, so the field begins at the first one.
 *
 * @throws {SettingsError} It is none of these. The message does not repeat it, because it may be a key in the invalid
 *   setting.
 */
export function parseReference(setting: string): AwsReference {
  const text = setting.trim();
  if (looksLikeKey(text)) throw invalid(`is an API key, not the name of a secret. ${moveKey()}`);
  if (text.startsWith("ssm:")) return parseParameter(text);

  const [, id = "", hash, field = ""] = /^([^#]*)(#?)(.*)$/s.exec(text) ?? [];
  if (hash && field.trim() === "") throw invalid(`names no field after its #. ${howToSet()}`);
  const region = id.startsWith("arn:") ? regionOf(id) : undefined;
  if (region === undefined && !/^[\w/+=.@-]{1,512}$/.test(id)) {
    throw invalid(
      `is neither a secret's name (letters, digits and /_+=.@-), nor its ARN, nor ssm: and a parameter's path. ${howToSet()}`,
    );
  }
  return {
    text,
    service: "secretsmanager",
    id,
    ...(hash ? { field } : {}),
    ...(region === undefined ? {} : { region }),
  };
}

/** Whether a text has the form of the vendor's keys. */
export function looksLikeKey(text: string): boolean {
  return /^[A-Z0-9]{7}(-[A-Z0-9]{7}){3}$/.test(text.trim().replace(/^ssm:\/?|#.*$/gs, ""));
}

/** What to do if the key itself was set as its reference. */
export function moveKey(): string {
  return (
    `Remove it: pulumi config rm ${stackOptions()}mailmodo:apiKeySecret. ` +
    `Then set the key where a key belongs: ${keyCommand()}.`
  );
}

/**
 * Without --plaintext the CLI mistakes some names for secrets, because of the setting's name and the names' letters.
 */
function howToSet(): string {
  return `Set it: pulumi config set ${stackOptions()}--plaintext mailmodo:apiKeySecret 'prod/mailmodo#apiKey', or ssm:/prod/mailmodo.`;
}

function parseParameter(text: string): AwsReference {
  const id = text.slice("ssm:".length);
  if (id.includes("#"))
    throw invalid(`has a # after ssm:, but a parameter holds the key alone and has no fields. ${howToSet()}`);
  if (!/^(\/[\w.-]+)+$/.test(id)) {
    throw invalid(
      `has no valid path after ssm:. A path begins with a / and has letters, digits, . - and _ between its slashes. ${howToSet()}`,
    );
  }
  return { text, service: "ssm", id };
}

function regionOf(arn: string): string {
  const [, service = ""] = /^arn:[^:]*:([^:]*)/.exec(arn) ?? [];
  if (service === "ssm") throw invalid(`is a parameter's ARN; name its path instead. ${howToSet()}`);
  const [, region] = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+$/.exec(arn) ?? [];
  if (region !== undefined) return region;
  throw invalid(
    "is not the ARN of a secret, arn:aws:secretsmanager:<region>:<account>:secret:<name>, with #<field> after it " +
      `if the key is in a field. ${howToSet()}`,
  );
}

function invalid(why: string): SettingsError {
  return new SettingsError(`mailmodo:apiKeySecret ${why}`);
}
