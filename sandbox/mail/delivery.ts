import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import type { Deliver } from "./mail";
import { mimeOf } from "./mime";

/**
 * Writes each message to a bucket, as SES does: one object with real MIME, under a random key.
 *
 * @param url `s3://bucket` or `s3://bucket/prefix`.
 * @param client Default: one configured by the environment, which may name the endpoint of a stand-in for S3.
 * @throws {Error} The URL has another form.
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

/** A stand-in for S3 seldom has a host name for each bucket, so the bucket goes into the path there. */
function clientFor(env: NodeJS.ProcessEnv): S3Client {
  return new S3Client({ forcePathStyle: Boolean(env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]) });
}

/** A message id like SES's: forty digits and letters up to v. */
function sesId(): string {
  return [...randomBytes(40)].map((byte) => (byte % 32).toString(32)).join("");
}
