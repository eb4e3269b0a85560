import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import type { Mail } from "./mail";
import { mimeOf } from "./mime";

/** Hands a mail over, and says where it is now. */
export type Deliver = (mail: Mail) => Promise<string>;

/**
 * Writes each mail to a bucket, as SES does: one object of real MIME, under a random key.
 *
 * @param url `s3://bucket` or `s3://bucket/prefix`.
 * @param client Default: one by the environment, which may name an endpoint for a stand-in for S3.
 * @throws {Error} The URL is none of these.
 */
export function toBucket(url: string, client: S3Client = clientFor(process.env)): Deliver {
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+(.*?))?\/*$/.exec(url) ?? [];
  if (bucket === undefined)
    throw new Error(`Mail is delivered to s3://<bucket> or s3://<bucket>/<prefix>, not to "${url}".`);
  return async (mail) => {
    const id = sesId();
    const key = prefix === "" ? id : `${prefix}/${id}`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await mimeOf(mail, id) }));
    return `s3://${bucket}/${key}`;
  };
}

/** A stand-in for S3 is seldom found under a name for each bucket: there, the bucket goes into the path. */
function clientFor(env: NodeJS.ProcessEnv): S3Client {
  return new S3Client({ forcePathStyle: Boolean(env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]) });
}

/** Forty digits and letters up to v, as SES's are. */
function sesId(): string {
  return [...randomBytes(40)].map((byte) => (byte % 32).toString(32)).join("");
}
