import { SettingsError } from "../settingsError";

/** Where AWS keeps the API key. It says nothing of the key itself. */
export interface AwsReference {
  /** As it was set, for messages. */
  readonly text: string;
  readonly service: "secretsmanager" | "ssm";
  /** The secret's name or ARN, or the parameter's path. */
  readonly id: string;
  /** The field of a JSON secret that holds the key. Default: the secret is the key. */
  readonly field?: string;
  /** The region, where the reference names it. Default: the AWS SDK's own. */
  readonly region?: string;
}

/**
 * Reads `mailmodo:apiKeySecret`: a secret's name or ARN, with or without `#` and a field of the first level, or `ssm:`
 * and a parameter's path. No secret's name can have a `#`, so the first one is where the field begins.
 *
 * @throws {SettingsError} It is neither. The message does not repeat it: it may be a key, set in the wrong place.
 */
export function parseReference(setting: string): AwsReference {
  const text = setting.trim();
  if (looksLikeKey(text)) throw wrong(`is an API key, and not the name of a secret. ${MOVE_KEY}`);
  if (text.startsWith("ssm:")) return parseParameter(text);

  const [, id = "", hash, field = ""] = /^([^#]*)(#?)(.*)$/s.exec(text) ?? [];
  if (hash && field.trim() === "") throw wrong(`names no field after its #. ${SET}`);
  const region = id.startsWith("arn:") ? regionOf(id) : undefined;
  if (region === undefined && !/^[\w/+=.@-]{1,512}$/.test(id)) {
    throw wrong(
      `is neither a secret's name (letters, digits and /_+=.@-), nor its ARN, nor ssm: and a parameter's path. ${SET}`,
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

/** Whether it has the form of the vendor's keys. */
export function looksLikeKey(text: string): boolean {
  return /^[A-Z0-9]{7}(-[A-Z0-9]{7}){3}$/.test(text.trim().replace(/^ssm:\/?|#.*$/gs, ""));
}

/** What to do about a key that was set as its own reference. */
export const MOVE_KEY =
  "Remove it: pulumi config rm mailmodo:apiKeySecret. " +
  "Then set the key where a key belongs: pulumi config set --secret mailmodo:apiKey <key>.";

/** Without --plaintext the CLI takes some names for secrets, by the setting's name and their letters. */
const SET =
  "Set it: pulumi config set --plaintext mailmodo:apiKeySecret 'prod/mailmodo#apiKey', or ssm:/prod/mailmodo.";

function parseParameter(text: string): AwsReference {
  const id = text.slice("ssm:".length);
  if (id.includes("#")) throw wrong(`has a # after ssm:, but a parameter is the key alone and has no fields. ${SET}`);
  if (!/^(\/[\w.-]+)+$/.test(id)) {
    throw wrong(
      `has no path after ssm:, which begins with a / and has letters, digits, . - and _ between its slashes. ${SET}`,
    );
  }
  return { text, service: "ssm", id };
}

function regionOf(arn: string): string {
  const [, service = ""] = /^arn:[^:]*:([^:]*)/.exec(arn) ?? [];
  if (service === "ssm") throw wrong(`is a parameter's ARN; name its path instead. ${SET}`);
  const [, region] = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+$/.exec(arn) ?? [];
  if (region !== undefined) return region;
  throw wrong(
    "is not the ARN of a secret, arn:aws:secretsmanager:<region>:<account>:secret:<name>, with #<field> after it " +
      `where the key is in a field. ${SET}`,
  );
}

function wrong(why: string): SettingsError {
  return new SettingsError(`mailmodo:apiKeySecret ${why}`);
}
