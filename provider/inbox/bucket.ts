import { httpsAgent } from "../network/agent";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";

/** One object of the inbox. */
export interface StoredMessage {
  readonly key: string;
  /** S3 knows whole seconds. */
  readonly receivedAt: Date;
}

/** The bucket that SES writes to, and the key prefix of the inbox. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly prefix: string;
}

/**
 * A client with the SDK's own defaults. If the environment names an endpoint, it is a stand-in for S3. Stand-ins seldom
 * have a host name for each bucket, so the bucket goes into the path.
 */
export function clientFor(region: string | undefined, env: NodeJS.ProcessEnv = process.env): S3Client {
  const isStandIn = Boolean(env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]);
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    forcePathStyle: isStandIn,
    requestHandler: { httpsAgent: httpsAgent({ keepAlive: true }) },
  });
}

/** The messages that arrived at a time or later, newest first. */
export async function listMessages({ client, name, prefix }: Bucket, since: Date, signal: AbortSignal) {
  // Rounded down to whole seconds, as S3 does. Otherwise a message that arrived later in the same second would be
  // missed.
  const from = Math.floor(since.getTime() / 1000) * 1000;
  const found: StoredMessage[] = [];
  // S3 lists by key, and SES's keys are random, so only the complete listing includes the newest messages.
  const pages = paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix }, { abortSignal: signal });
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = "", LastModified: receivedAt } of Contents) {
      if (receivedAt !== undefined && receivedAt.getTime() >= from && isMessage(key)) found.push({ key, receivedAt });
    }
  }
  return found.sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
}

export async function readMessage({ client, name }: Bucket, key: string, signal: AbortSignal): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }), { abortSignal: signal });
  return Body === undefined ? new Uint8Array() : Body.transformToByteArray();
}

/** SES adds an object of its own when a rule is created, and S3's console adds empty objects that stand for folders. */
function isMessage(key: string): boolean {
  return !/(^|\/)AMAZON_SES_SETUP_NOTIFICATION$/.test(key) && !key.endsWith("/");
}
