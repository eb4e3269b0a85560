import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { httpsAgent } from "../network/agent";
import { proxyFor } from "../network/proxy";
import type { BucketLocation } from "./stateBucketUrl";
import type { StateFiles, StoredFile } from "./stateFiles";

/** The files of a backend in a bucket of S3. */
export class StateBucket implements StateFiles {
  private readonly client: S3Client;

  constructor(private readonly location: BucketLocation) {
    const { region, endpoint, profile, isInPath } = location;
    // For the entry of NO_PROXY that exempts AWS the host's exact name does not matter.
    const proxy = proxyFor(new URL(endpoint ?? `https://s3.${region ?? "us-east-1"}.amazonaws.com`));
    this.client = new S3Client({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(profile === undefined ? {} : { profile }),
      forcePathStyle: isInPath,
      // The CLI follows a bucket to its region, too.
      followRegionRedirects: true,
      // The CLI is asked next. It tries longer, and says why it cannot.
      maxAttempts: 2,
      requestHandler: {
        httpsAgent: httpsAgent({ proxy, keepAlive: true }),
        connectionTimeout: 5_000,
        requestTimeout: 20_000,
        // Without it, the client only warns.
        throwOnRequestTimeout: true,
      },
    });
  }

  async list(prefix: string): Promise<StoredFile[]> {
    const { name, prefix: root } = this.location;
    const files: StoredFile[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.client },
      { Bucket: name, Prefix: root + prefix },
    )) {
      for (const { Key: key = "", LastModified: at } of Contents)
        files.push({ key: key.slice(root.length), modifiedAt: at?.getTime() ?? 0 });
    }
    return files;
  }

  async read(key: string): Promise<Buffer | undefined> {
    const { name, prefix } = this.location;
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: name, Key: prefix + key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  urlOf(key: string): string {
    return `s3://${this.location.name}/${this.location.prefix}${key}`;
  }
}
