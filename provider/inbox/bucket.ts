import { httpsAgent } from "../network/agent";
import { GetObjectCommand, paginateListObjectsV2, S3Client, type S3PaginationConfiguration } from "@aws-sdk/client-s3";

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

/** What a bucket has, by one listing. */
export interface Listing {
  /** Newest first. */
  readonly messages: readonly StoredMessage[];
  /** How far this machine's clock is ahead of S3's. S3 gives whole seconds, so up to a second less may be true. */
  readonly aheadMs: number;
}

/** The messages that arrived at a time or later. */
export async function listMessages(
  { client, name, prefix }: Bucket,
  since: Date,
  signal: AbortSignal,
): Promise<Listing> {
  // Rounded down to whole seconds, as S3 does. Otherwise a message that arrived later in the same second would be
  // missed.
  const from = Math.floor(since.getTime() / 1000) * 1000;
  const messages: StoredMessage[] = [];
  let aheadMs = 0;
  const withCommand = readingClock((ms) => (aheadMs = ms));
  // S3 lists by key, and SES's keys are random, so only the complete listing includes the newest messages.
  const pages = paginateListObjectsV2(
    { client, withCommand },
    { Bucket: name, Prefix: prefix },
    { abortSignal: signal },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = "", LastModified: receivedAt } of Contents) {
      if (receivedAt !== undefined && receivedAt.getTime() >= from && isMessage(key))
        messages.push({ key, receivedAt });
    }
  }
  messages.sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
  return { messages, aheadMs };
}

/** Reads S3's clock from the Date header of each answer. The SDK does not hand it out. */
function readingClock(report: (aheadMs: number) => void): NonNullable<S3PaginationConfiguration["withCommand"]> {
  return (command) => {
    command.middlewareStack.add(
      (next) => async (args) => {
        const sentAt = Date.now();
        const result = await next(args);
        const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
        const aheadMs = sentAt - Date.parse(headers?.["date"] ?? "");
        if (!Number.isNaN(aheadMs)) report(aheadMs);
        return result;
      },
      { step: "deserialize" },
    );
    return command;
  };
}

/** What S3 has of one message. */
export interface StoredSource {
  readonly source: Uint8Array;
  /** Whether a client of S3 encrypted it before it wrote it, so that S3 cannot decrypt it. */
  readonly isEncrypted: boolean;
}

export async function readMessage({ client, name }: Bucket, key: string, signal: AbortSignal): Promise<StoredSource> {
  const command = new GetObjectCommand({ Bucket: name, Key: key });
  const { Body, Metadata = {} } = await client.send(command, { abortSignal: signal });
  const source = Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
  return { source, isEncrypted: Object.keys(Metadata).some((key) => ENCRYPTION_KEYS.has(key.toLowerCase())) };
}

/** The metadata in which the S3 encryption clients of all versions store the message's own key, encrypted. */
const ENCRYPTION_KEYS: ReadonlySet<string> = new Set([
  "x-amz-key",
  "x-amz-key-v2",
  "x-amz-3",
  "x-amz-crypto-instr-file",
]);

/** SES adds an object of its own when a rule is created, and S3's console adds empty objects that stand for folders. */
function isMessage(key: string): boolean {
  return !/(^|\/)AMAZON_SES_SETUP_NOTIFICATION$/.test(key) && !key.endsWith("/");
}
