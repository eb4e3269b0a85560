import { oneLine, maskAddress } from "../text/masking";
import type { Bucket, StoredMessage } from "./bucket";
import { InboxError } from "./inboxError";
import type { SeedMail } from "./seedMail";
import type { Wanted } from "./wanted";

/** An object that could not be read as a message. */
export interface Unreadable extends StoredMessage {
  readonly problem: string;
  /** Whether another attempt to read it would fail in the same way. */
  readonly isFinal: boolean;
}

/**
 * The error for a message that did not arrive in time. It lists what arrived instead.
 *
 * @param arrived What arrived, newest first. Undefined if S3 never listed the bucket.
 */
export function notArrived(
  { to, subject, since, timeoutMs }: Wanted,
  arrived: readonly (SeedMail | Unreadable)[] | undefined,
  bucket: Bucket,
): InboxError {
  const titled = subject === undefined ? "" : ` with the subject ${quoted(subject)}`;
  const what = `No mail for ${maskAddress(to)}${titled} in ${timeoutMs / 1000} s.`;
  if (arrived === undefined) {
    return new InboxError(`${what} S3 did not list ${urlOf(bucket)} in that time. ${CHECK_NETWORK}`);
  }
  const when = `since ${since.toISOString()}`;
  if (arrived.length === 0) {
    return new InboxError(
      `${what} Nothing arrived ${when} in ${urlOf(bucket)}. Check that SES's receipt rule for the address is active and writes there.`,
    );
  }
  const shown = arrived.slice(0, MAX_SHOWN).map((one) => described(one, to));
  const more = arrived.length > MAX_SHOWN ? `, and ${arrived.length - MAX_SHOWN} older` : "";
  return new InboxError(`${what} Arrived ${when}: ${arrived.length}: ${shown.join(", ")}${more}.`);
}

const MAX_SHOWN = 10;

function described(one: SeedMail | Unreadable, to: string): string {
  if ("problem" in one) return `one that cannot be read (${one.problem})`;
  const { recipients, subject } = one;
  if (recipients.length === 0) return `${quoted(subject)} for nobody`;
  // Says so in words, because two addresses that differ only in their tag look alike when masked.
  return recipients.includes(to)
    ? `${quoted(subject)} for this address`
    : `${quoted(subject)} for another, ${recipients.map(maskAddress).join(" and ")}`;
}

function quoted(subject: string | RegExp): string {
  return typeof subject === "string" ? `"${oneLine(subject)}"` : oneLine(String(subject));
}

/** Maps an error of S3 to an inbox error. Nothing else does this. */
export function failedOn(bucket: Bucket, error: unknown): InboxError {
  return new InboxError(`Could not read ${urlOf(bucket)}: ${reasonOf(error)}. ${adviceOn(error)}`, {
    // Not the SDK's own error as the cause: test runners print a cause with its stack trace.
    name: (error as ServiceError).name,
    status: (error as ServiceError).$metadata?.httpStatusCode,
  });
}

/** Why S3, or the connection to it, failed. */
export function reasonOf(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  const words = oneLine(message || code || name).replace(/\.$/, "");
  return name === "Error" || words.includes(name) ? words : `${words} (${name})`;
}

interface ServiceError {
  readonly name: string;
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

function adviceOn(error: unknown): string {
  const { name, Region, $metadata, $response } = error as ServiceError;
  const status = $metadata?.httpStatusCode;
  const region = $response?.headers?.["x-amz-bucket-region"] ?? Region;
  if (name === "NoSuchBucket") return "Check the bucket's name, and whose account the credentials are for.";
  if (status === 301 || status === 307 || name === "AuthorizationHeaderMalformed") {
    return region === undefined
      ? "The bucket is in another region: give it as region."
      : `The bucket is in ${region}: give it as region.`;
  }
  if (name === "AccessDenied") return "Allow s3:ListBucket on the bucket and s3:GetObject on its objects.";
  if (name === "CredentialsProviderError" || status === 400 || status === 401 || status === 403) {
    return "Check the AWS credentials: the environment, the profile, the role.";
  }
  if (/region is missing/i.test((error as Error).message)) return "Set region, or AWS_REGION.";
  return CHECK_NETWORK;
}

const CHECK_NETWORK = "Check the network, the region and AWS_ENDPOINT_URL, then run it again.";

function urlOf({ name, prefix }: Bucket): string {
  return `s3://${name}/${prefix}`;
}
