import { oneLine, maskAddress } from "../text/masking";
import type { Bucket, Listing, StoredMessage } from "./bucket";
import { InboxError } from "./inboxError";
import type { SeedMail } from "./seedMail";
import { matchOf, type Wanted } from "./wanted";

/** An object that could not be read as a message. */
export interface Unreadable extends StoredMessage {
  readonly problem: string;
  /** What to do about it. */
  readonly advice?: string;
  /** Whether another attempt to read it would fail in the same way. */
  readonly isFinal: boolean;
}

/** What a wait found. */
export interface Found {
  /** What arrived, newest first. Undefined if S3 never listed the bucket. */
  readonly arrived: readonly (SeedMail | Unreadable)[] | undefined;
  readonly aheadMs: Listing["aheadMs"];
}

/**
 * The error for a message that did not arrive in time. It lists what arrived instead.
 *
 * @param suppressed That Mailmodo sends the address nothing. Default: that is not known.
 */
export function notArrived(
  { to, subject, since, timeoutMs }: Wanted,
  { arrived, aheadMs }: Found,
  bucket: Bucket,
  suppressed?: string,
): InboxError {
  const titled = subject === undefined ? "" : ` with the subject ${quoted(subject)}`;
  const noMail = `No mail for ${maskAddress(to)}${titled} in ${timeoutMs / 1000} s.`;
  const what = suppressed === undefined ? noMail : `${noMail} ${suppressed}`;
  if (arrived === undefined) {
    return new InboxError(`${what} S3 did not list ${urlOf(bucket)} in that time. ${CHECK_NETWORK}`);
  }
  const when = `since ${since.toISOString()}`;
  const advice = [...adviceOnArrived(arrived, to), ...adviceOnClock(aheadMs)];
  if (arrived.length === 0) {
    const nothing = `${what} Nothing arrived ${when} in ${urlOf(bucket)}. Check that SES's receipt rule for the address is active and writes there.`;
    return new InboxError([nothing, ...advice].join(" "));
  }
  const shown = arrived.slice(0, MAX_SHOWN).map((one) => described(one, to));
  const more = arrived.length > MAX_SHOWN ? `, and ${arrived.length - MAX_SHOWN} older` : "";
  const others = `${what} Arrived ${when}: ${arrived.length}: ${shown.join(", ")}${more}.`;
  return new InboxError([others, ...advice].join(" "));
}

const MAX_SHOWN = 10;
const MAX_RECIPIENTS_SHOWN = 3;

function described(one: SeedMail | Unreadable, to: string): string {
  if ("problem" in one) return `one that cannot be read (${one.problem})`;
  const { recipients, subject } = one;
  if (recipients.length === 0) return `${quoted(subject)} for nobody`;
  // Says so in words, because two addresses that differ only in their tag, or in capitals, look alike when masked.
  const match = matchOf(recipients, to);
  if (match === "exact") return `${quoted(subject)} for this address`;
  if (match === "capitals") return `${quoted(subject)} for this address with other capitals`;
  const shown = recipients.slice(0, MAX_RECIPIENTS_SHOWN).map((address) => maskAddress(oneLine(address)));
  const more = recipients.length > MAX_RECIPIENTS_SHOWN ? ` and ${recipients.length - MAX_RECIPIENTS_SHOWN} more` : "";
  return `${quoted(subject)} for another, ${shown.join(" and ")}${more}`;
}

/** Each once. */
function adviceOnArrived(arrived: readonly (SeedMail | Unreadable)[], to: string): Set<string> {
  const advice = arrived.map((one) => {
    if ("problem" in one) return one.advice;
    return matchOf(one.recipients, to) === "capitals" ? KEEP_CAPITALS : undefined;
  });
  return new Set(advice.filter((one) => one !== undefined));
}

const KEEP_CAPITALS =
  "Capitals before the @ count: wait for the address as the mail has it; many senders make it lower-case.";

/** Below this, it may be the way of the answer and the rest of a second that S3 leaves out. */
const MIN_SKEW_MS = 2000;

function adviceOnClock(aheadMs: number): string[] {
  if (aheadMs < MIN_SKEW_MS) return [];
  const ahead = `${Math.floor(aheadMs / 1000)} s`;
  return [
    `This machine's clock is ${ahead} ahead of S3's, so a mail that came less than ${ahead} after since counts as older. Set the clock, or give an earlier since.`,
  ];
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
  return name === "Error" || words.includes(name) ? words : `${words} (${oneLine(name)})`;
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
      : `The bucket is in ${oneLine(region)}: give it as region.`;
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
