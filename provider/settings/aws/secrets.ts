import { awsFailure } from "./failures";
import type { AwsReference } from "./reference";
import { jsonObject } from "../../text/jsonObject";
import { SettingsError } from "../settingsError";

/**
 * Reads the API key from AWS with the SDK's own default credentials, once for each reference in this process. The SDK is
 * loaded only here, since it costs 0.2 s and 20 MB.
 *
 * @throws {SettingsError} It cannot be read, or what is there is no key. A failure counts for ten seconds, so that
 * hundreds of enrollments do not wait for it one after the other; then it is asked anew.
 */
export function readAwsKey(reference: AwsReference): Promise<string> {
  const known = reads.get(reference.text);
  if (known !== undefined && Date.now() < known.until) return known.key;
  const read = { key: ask(reference, "today's"), until: Infinity };
  reads.set(reference.text, read);
  read.key.catch(() => (read.until = Date.now() + FAILURE_COUNTS_MS));
  return read.key;
}

/**
 * The key before today's, which AWS keeps after a rotation, or none. Mailmodo takes it no more; what was sealed with it
 * can be read.
 */
export async function readFormerAwsKey(reference: AwsReference): Promise<string | undefined> {
  return ask(reference, "former").catch(() => undefined);
}

const reads = new Map<string, { readonly key: Promise<string>; until: number }>();

const FAILURE_COUNTS_MS = 10_000;
/** Without these the SDK waits for as long as the system does. */
const REQUEST_HANDLER = { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

type Which = "today's" | "former";

async function ask(reference: AwsReference, which: Which): Promise<string> {
  const read = reference.service === "ssm" ? parameterOf : secretOf;
  let region: string | undefined;
  let value: string;
  try {
    value = await read(reference, which, (used) => (region = used));
  } catch (error) {
    throw error instanceof SettingsError ? error : awsFailure(reference, region, error as Error);
  }
  return keyIn(value, reference);
}

type Read = (reference: AwsReference, which: Which, tell: (region: string) => void) => Promise<string>;

const secretOf: Read = async ({ text, id, region }, which, tell) => {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    ...(region === undefined ? {} : { region }),
    requestHandler: REQUEST_HANDLER,
  });
  try {
    tell(await client.config.region());
    const VersionStage = which === "former" ? "AWSPREVIOUS" : "AWSCURRENT";
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id, VersionStage }));
    if (SecretString !== undefined) return SecretString;
    throw noKey(text, "has a binary value. Store the key as text.");
  } finally {
    client.destroy();
  }
};

const parameterOf: Read = async ({ text, id }, which, tell) => {
  const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient({ requestHandler: REQUEST_HANDLER });
  try {
    tell(await client.config.region());
    const get = async (Name: string) =>
      (await client.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter ?? {};
    let parameter = await get(id);
    if (which === "former") parameter = await get(`${id}:${Number(parameter.Version) - 1}`);
    if (parameter.Type === "SecureString") return parameter.Value ?? "";
    throw noKey(
      text,
      `is a ${parameter.Type}, which AWS keeps in clear. Store the key as a SecureString, and make a new one at Mailmodo.`,
    );
  } finally {
    client.destroy();
  }
};

/** A line break at the end is what `echo` and editors add. */
function keyIn(value: string, { text, service, field }: AwsReference): string {
  if (field === undefined) {
    const key = value.trim();
    if (key === "") throw noKey(text, "is empty. Store the key in it.");
    if (key.startsWith('"')) throw noKey(text, "is in quotes. Store the key alone.");
    if (!/^[[{]/.test(key)) return key;
    const next = service === "ssm" ? "Store the key alone." : `Name the field that holds the key: ${text}#<field>.`;
    throw noKey(text, `is JSON. ${next}`);
  }
  const json = jsonObject(value);
  if (json === undefined) throw noKey(text, `is not a JSON object, so it has no field. Set it without #${field}.`);
  if (!Object.hasOwn(json, field)) {
    throw noKey(
      text,
      `has no field of this name. Fields are told apart by case, and only those of the first level count.`,
    );
  }
  const key = json[field];
  if (typeof key !== "string")
    throw noKey(text, "is not a string. Store the key as one, in a field of the first level.");
  if (key.trim() === "") throw noKey(text, "is empty. Store the key in it.");
  return key.trim();
}

function noKey(reference: string, why: string): SettingsError {
  return new SettingsError(`No API key in mailmodo:apiKeySecret ${reference}: it ${why}`);
}
