import type { S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { Arrivals } from "./arrivals";
import { clientFor, type Bucket } from "./bucket";
import { notArrived } from "./failures";
import { InboxError } from "./inboxError";
import { suppressionLookUp, type SeedContactOptions } from "./seedContact";
import type { SeedMail } from "./seedMail";
import { wantedBy, type WaitForMailOptions } from "./wanted";

export { InboxError, type SeedContactOptions, type SeedMail, type WaitForMailOptions };

/** Where the mails arrive. */
export interface SeedInboxOptions {
  /** The name of the bucket that SES's receipt rule writes to. */
  bucket: string;
  /** The prefix of the keys, as in the receipt rule, such as `mail/`. Default: none, the whole bucket. */
  prefix?: string;
  /** The bucket's region. Default: what the AWS SDK finds, such as `AWS_REGION`. Not with `client`. */
  region?: string;
  /**
   * A client of your own. Default: one with the AWS SDK's defaults. It reads the credentials from the environment or
   * the profile. If `AWS_ENDPOINT_URL` names a stand-in for S3, it puts the bucket into the path.
   */
  client?: S3Client;
  /**
   * How to ask Mailmodo about the contact if its mail does not come. The error then says if Mailmodo sends the contact
   * nothing, because it is blocked or unsubscribed. A look-up that fails, or takes more than five seconds, leaves the
   * error as it is. Default: nothing is looked up.
   */
  contact?: SeedContactOptions;
}

/**
 * A mailbox for tests: the bucket to which SES writes the mail that it receives. It only reads the bucket.
 *
 * @example
 * ```ts
 * import { SeedInbox } from "pulumi-mailmodo/inbox";
 *
 * const inbox = new SeedInbox({ bucket: "seeds-inbox", prefix: "mail/" });
 * const { subject, links } = await inbox.waitForMail({
 *   to: "qa+seeds.pr-42@seeds.example.com",
 *   subject: /^Welcome/,
 *   since: "2026-11-24T12:00:00.000Z",
 *   timeoutMs: 60_000,
 * });
 * console.log(subject, links);
 * ```
 */
export class SeedInbox {
  private readonly bucket: Bucket;
  private readonly lookUp: ReturnType<typeof suppressionLookUp>;

  /** @throws {InboxError} An option is invalid. */
  constructor(options: SeedInboxOptions) {
    this.bucket = bucketOf(options);
    this.lookUp = suppressionLookUp(options.contact);
  }

  /**
   * Waits for a message, and returns the newest one that matches.
   *
   * @throws {InboxError} No such message arrived in time, and the error lists what did; an option is invalid; or the
   *   bucket cannot be listed. An object that cannot be read does not end the wait; the error lists it, too.
   */
  async waitForMail(options: WaitForMailOptions): Promise<SeedMail> {
    const wanted = wantedBy(options);
    const deadline = Date.now() + wanted.timeoutMs;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), wanted.timeoutMs);
    const arrivals = new Arrivals(this.bucket, wanted, giveUp.signal);
    try {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
        const found = await arrivals.look();
        if (found !== undefined) return found;
        // The pauses get shorter towards the end, so that the last check is shortly before the deadline.
        const halfMs = Math.ceil((deadline - Date.now()) / 2);
        await sleep(Math.min(pauseMs, Math.max(halfMs, MIN_PAUSE_MS)), undefined, { signal: giveUp.signal });
      }
    } catch (error) {
      if (!giveUp.signal.aborted) throw error;
      throw notArrived(wanted, arrivals.found(), this.bucket, await this.lookUp(wanted.to));
    } finally {
      clearTimeout(timer);
    }
  }
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;
const MIN_PAUSE_MS = 100;

function bucketOf(options: SeedInboxOptions): Bucket {
  const { bucket, prefix = "", region, client } = (options ?? {}) as { [Name in keyof SeedInboxOptions]?: unknown };
  if (typeof bucket !== "string" || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new InboxError("Cannot open the inbox: bucket must be only the bucket's name, such as seeds-inbox.");
  }
  if (typeof prefix !== "string" || prefix.startsWith("/")) {
    throw new InboxError(
      "Cannot open the inbox: prefix must be the prefix of the keys, such as mail/, without a leading /.",
    );
  }
  if (region !== undefined && (typeof region !== "string" || !/^[a-z0-9-]+$/.test(region))) {
    throw new InboxError("Cannot open the inbox: region must be a region's name, such as eu-west-1.");
  }
  if (region !== undefined && client !== undefined) {
    throw new InboxError("Cannot open the inbox: give region or client, not both; a client has a region already.");
  }
  return { client: (client as S3Client | undefined) ?? clientFor(region), name: bucket, prefix };
}
