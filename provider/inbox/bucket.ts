import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";

/** One object of the inbox. */
export interface StoredMail {
  readonly key: string;
  /** S3 knows whole seconds. */
  readonly receivedAt: Date;
}

/** The bucket that SES writes to, and the part of it that is the inbox. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly prefix: string;
}

/**
 * A client with the SDK's own defaults. Where the environment names an endpoint, it is a stand-in for S3, and those are
 * seldom found under a name for each bucket: the bucket goes into the path.
 */
export function clientFor(region: string | undefined, env: NodeJS.ProcessEnv = process.env): S3Client {
  const isStandIn = Boolean(env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]);
  return new S3Client({ ...(region === undefined ? {} : { region }), forcePathStyle: isStandIn });
}

/** The mails that arrived at a time or after it, the newest first. */
export async function listMails({ client, name, prefix }: Bucket, since: Date, signal: AbortSignal) {
  // As whole seconds: a mail of the same second counts, or one that arrived just after would be lost.
  const from = Math.floor(since.getTime() / 1000) * 1000;
  const found: StoredMail[] = [];
  // By key, and SES's keys are random: only the whole listing has the newest.
  const pages = paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix }, { abortSignal: signal });
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = "", LastModified: receivedAt } of Contents) {
      if (receivedAt !== undefined && receivedAt.getTime() >= from && isMail(key)) found.push({ key, receivedAt });
    }
  }
  return found.sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
}

export async function readMail({ client, name }: Bucket, key: string, signal: AbortSignal): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }), { abortSignal: signal });
  return Body === undefined ? new Uint8Array() : Body.transformToByteArray();
}

/** SES puts an object of its own there when a rule is made; S3's console makes empty ones that stand for folders. */
function isMail(key: string): boolean {
  return !/(^|\/)AMAZON_SES_SETUP_NOTIFICATION$/.test(key) && !key.endsWith("/");
}
