import { awsFailure } from "./failures";
import type { AwsReference } from "./reference";
import { httpsAgent } from "../../network/agent";
import { jsonObject } from "../../text/jsonObject";
import { SettingsError } from "../settingsError";

/**
 * Reads the API key from AWS with the SDK's own default credentials, once per process for each reference. The SDK is
 * loaded only here, because it costs 0.2 s and 20 MB.
 *
 * @throws {SettingsError} The key cannot be read, or the value is not a key. A failure is kept for ten seconds, so that
 *   hundreds of enrollments do not each wait for it; after that, AWS is asked again.
 */
export function readAwsKey(reference: AwsReference): Promise<string> {
  const known = reads.get(reference.text);
  if (known !== undefined && Date.now() < known.until) return known.key;
  const read = { key: ask(reference, "current"), until: Infinity };
  reads.set(reference.text, read);
  read.key.catch(() => (read.until = Date.now() + KEEP_FAILURE_MS));
  return read.key;
}

/**
 * The previous key, which AWS keeps after a rotation. Undefined if there is none. Mailmodo no longer accepts it, but it
 * can unseal what was sealed with it.
 */
export async function readFormerAwsKey(reference: AwsReference): Promise<string | undefined> {
  return ask(reference, "former").catch(() => undefined);
}

const reads = new Map<string, { readonly key: Promise<string>; until: number }>();

const KEEP_FAILURE_MS = 10_000;
/** For one client, which ends all connections of its agent when it is destroyed. */
const requestHandler = () => ({
  // Without these the SDK waits as long as the operating system does.
  connectionTimeout: 5_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
  httpsAgent: httpsAgent({ keepAlive: true }),
});

type Version = "current" | "former";

async function ask(reference: AwsReference, version: Version): Promise<string> {
  const read = reference.service === "ssm" ? parameterOf : secretOf;
  let region: string | undefined;
  let value: string;
  try {
    value = await read(reference, version, (used) => (region = used));
  } catch (error) {
    throw error instanceof SettingsError ? error : awsFailure(reference, region, error as Error);
  }
  return keyIn(value, reference);
}

/** @param onRegion Receives the region that is used, so that an error can name it. */
type Read = (reference: AwsReference, version: Version, onRegion: (region: string) => void) => Promise<string>;

const secretOf: Read = async ({ text, id, region }, version, onRegion) => {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    ...(region === undefined ? {} : { region }),
    requestHandler: requestHandler(),
  });
  try {
    onRegion(await client.config.region());
    const VersionStage = version === "former" ? "AWSPREVIOUS" : "AWSCURRENT";
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id, VersionStage }));
    if (SecretString !== undefined) return SecretString;
    throw noKey(text, "has a binary value. Store the key as text.");
  } finally {
    client.destroy();
  }
};

const parameterOf: Read = async ({ text, id }, version, onRegion) => {
  const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient({ requestHandler: requestHandler() });
  try {
    onRegion(await client.config.region());
    const get = async (Name: string) =>
      (await client.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter ?? {};
    let parameter = await get(id);
    if (version === "former") parameter = await get(`${id}:${Number(parameter.Version) - 1}`);
    if (parameter.Type === "SecureString") return parameter.Value ?? "";
    throw noKey(
      text,
      `is a ${parameter.Type}, which AWS stores unencrypted. Store the key as a SecureString, and make a new one at Mailmodo.`,
    );
  } finally {
    client.destroy();
  }
};

/** The key in a value. A line break at the end is ignored, because `echo` and editors add one. */
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
    throw noKey(text, `has no field of this name. Field names are case-sensitive, and only top-level fields count.`);
  }
  const key = json[field];
  if (typeof key !== "string") throw noKey(text, "is not a string. Store the key as one, in a top-level field.");
  if (key.trim() === "") throw noKey(text, "is empty. Store the key in it.");
  return key.trim();
}

function noKey(reference: string, why: string): SettingsError {
  return new SettingsError(`No API key in mailmodo:apiKeySecret ${reference}: it ${why}`);
}
