import { listMessages, readMessage, type Bucket, type Listing, type StoredMessage, type StoredSource } from "./bucket";
import { failedOn, reasonOf, type Found, type Unreadable } from "./failures";
import { parseMail, type SeedMail } from "./seedMail";
import { isWanted, type Wanted } from "./wanted";

/** What arrives during one wait. */
export class Arrivals {
  /** By key. */
  private readonly arrived = new Map<string, SeedMail | Unreadable>();
  private lastListing: Listing | undefined;

  constructor(
    private readonly bucket: Bucket,
    private readonly wanted: Wanted,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Reads what is new, and gives the newest message that matches.
   *
   * @throws {InboxError} The bucket cannot be listed.
   * @throws What the signal was aborted with.
   */
  async look(): Promise<SeedMail | undefined> {
    const { messages } = await this.list();
    for (const object of messages) if (!this.arrived.has(object.key)) this.arrived.set(object.key, unread(object));
    const news = messages.filter(({ key }) => !isRead(this.arrived.get(key)));
    for (const some of inGroups(news)) {
      await Promise.all(some.map((object) => this.read(object)));
      for (const { key } of some) {
        const one = this.arrived.get(key)!;
        if (!("problem" in one) && isWanted(one, this.wanted)) return one;
      }
      this.signal.throwIfAborted();
    }
    return undefined;
  }

  found(): Found {
    const arrived = [...this.arrived.values()].sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
    return { arrived: this.lastListing && arrived, aheadMs: this.lastListing?.aheadMs ?? 0 };
  }

  private async list(): Promise<Listing> {
    try {
      this.lastListing = await listMessages(this.bucket, this.wanted.since, this.signal);
      return this.lastListing;
    } catch (error) {
      this.signal.throwIfAborted();
      throw failedOn(this.bucket, error);
    }
  }

  private async read(object: StoredMessage): Promise<void> {
    let stored: StoredSource;
    try {
      stored = await readMessage(this.bucket, object.key, this.signal);
    } catch (error) {
      // Once the time is up, what is known of it so far says more.
      if (!this.signal.aborted) this.arrived.set(object.key, { ...object, problem: reasonOf(error), isFinal: false });
      return;
    }
    this.arrived.set(object.key, await mailOf(stored, object));
  }
}

const AT_A_TIME = 8;

async function mailOf({ source, isEncrypted }: StoredSource, object: StoredMessage): Promise<SeedMail | Unreadable> {
  if (isEncrypted) return { ...object, ...ENCRYPTED, isFinal: true };
  return parseMail(source, object).catch((error: unknown) => ({ ...object, problem: reasonOf(error), isFinal: true }));
}

const ENCRYPTED = {
  problem: "SES encrypted it before it wrote it to S3",
  advice:
    "Turn message encryption off in SES's receipt rule, and set default encryption on the bucket instead: S3 then decrypts what it gives.",
};

function unread(object: StoredMessage): Unreadable {
  return { ...object, problem: "the time was up before it was read", isFinal: false };
}

/** Whether reading an object again would change nothing. */
function isRead(one: SeedMail | Unreadable | undefined): boolean {
  return one !== undefined && (!("problem" in one) || one.isFinal);
}

function* inGroups<T>(items: readonly T[]): Generator<T[]> {
  for (let first = 0; first < items.length; first += AT_A_TIME) yield items.slice(first, first + AT_A_TIME);
}
