import assert from "node:assert/strict";
import { bucketOf, type BucketLocation } from "../../../provider/pulumi/stateBucketUrl";

const KNOWN: readonly [url: string, env: NodeJS.ProcessEnv, location: BucketLocation][] = [
  ["s3://states", {}, { name: "states", prefix: "", isInPath: false }],
  ["s3://states/team/a%20b", {}, { name: "states", prefix: "team/a b/", isInPath: false }],
  ["s3://states/team/", {}, { name: "states", prefix: "team/", isInPath: false }],
  [
    "s3://states?region=eu-west-1&profile=ci&awssdk=v2&kmskeyid=k",
    { AWS_REGION: "us-east-1" },
    { name: "states", prefix: "", region: "eu-west-1", profile: "ci", isInPath: false },
  ],
  [
    "s3://states",
    { AWS_DEFAULT_REGION: "us-east-1" },
    { name: "states", prefix: "", region: "us-east-1", isInPath: false },
  ],
  ["s3://states?s3ForcePathStyle=true", {}, { name: "states", prefix: "", isInPath: true }],
  [
    "s3://states?endpoint=http://127.0.0.1:5000",
    {},
    { name: "states", prefix: "", endpoint: "http://127.0.0.1:5000", isInPath: true },
  ],
  [
    "s3://states",
    { AWS_ENDPOINT_URL: "http://127.0.0.1:5000" },
    { name: "states", prefix: "", endpoint: "http://127.0.0.1:5000", isInPath: true },
  ],
];

describe("bucketOf", () => {
  for (const [url, env, location] of KNOWN) {
    it(`finds the bucket of ${url} with ${JSON.stringify(env)}`, () => assert.deepEqual(bucketOf(url, env), location));
  }

  for (const url of [
    "gs://states",
    "https://api.pulumi.com",
    "s3://",
    "s3://states?accelerate=true",
    "s3://states?endpoint=minio.local:9000&disableSSL=true",
    "s3://states?endpoint=minio.local:9000",
  ]) {
    it(`leaves ${url} to the CLI`, () => assert.equal(bucketOf(url, {}), undefined));
  }
});
