import type { S3Client } from "@aws-sdk/client-s3";
import type { Lock } from "../../pulumi/stackLock";
import { folderOfLocks, lockOf, type OwnerOfLocks } from "./locksInFolder";

/**
 * The locks of a stack in a backend in S3, read with the credentials of the AWS SDK.
 *
 * @param url The backend's, with the parameters that the CLI knows.
 * @throws {Error} The bucket cannot be read.
 */
export async function locksInS3(url: string, of: OwnerOfLocks): Promise<Lock[]> {
  const { hostname: Bucket, pathname, searchParams } = new URL(url);
  const prefix = pathname.replace(/^\/+|\/+$/g, "");
  const { GetObjectCommand, ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const client = await clientFor(searchParams);
  try {
    const Prefix = `${prefix === "" ? "" : `${prefix}/`}${folderOfLocks(of)}/`;
    const { Contents: found = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const keys = found.flatMap(({ Key }) => (Key?.endsWith(".json") === true ? [Key] : []));
    return await Promise.all(
      keys.map(async (Key) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return lockOf((await Body?.transformToString()) ?? "", `s3://${Bucket}/${Key}`);
      }),
    );
  } finally {
    client.destroy();
  }
}

async function clientFor(parameters: URLSearchParams): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const [region, endpoint, profile] = ["region", "endpoint", "profile"].map(
    (name) => parameters.get(name) ?? undefined,
  );
  const address = endpoint === undefined || endpoint.includes("://") ? endpoint : `https://${endpoint}`;
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(address === undefined ? {} : { endpoint: address }),
    ...(profile === undefined ? {} : { profile }),
    forcePathStyle: parameters.get("use_path_style") === "true" || parameters.get("s3ForcePathStyle") === "true",
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}
