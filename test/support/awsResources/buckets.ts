// Part of the double of Pulumi's AWS plugin: see ../awsPlugin.ts.
import type { LifecycleRule, S3, ServerSideEncryptionRule } from "@aws-sdk/client-s3";
import { found, resource, type AnyResource } from "./awsResource";

export const buckets: Record<string, AnyResource> = {
  "aws:s3/bucket:Bucket": resource<{ bucket: string; forceDestroy?: boolean }>({
    args: ["bucket", "forceDestroy"],
    autoname: "bucket",
    async create({ s3 }, { bucket: Bucket }) {
      await s3.createBucket({ Bucket });
      return { id: Bucket, outs: { arn: `arn:aws:s3:::${Bucket}` } };
    },
    exists: ({ s3 }, Bucket) => found(s3.headBucket({ Bucket })),
    async delete({ s3 }, Bucket, { forceDestroy }) {
      if (forceDestroy === true) await empty(s3, Bucket);
      await s3.deleteBucket({ Bucket });
    },
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": resource<StoredObject>({
    args: ["bucket", "key", "content", "contentType"],
    async create({ s3 }, { bucket: Bucket, key: Key, content: Body, contentType: ContentType }) {
      await pastPolicy(s3, Bucket, () => s3.putObject({ Bucket, Key, Body, ContentType }));
      return { id: `${Bucket}/${Key}` };
    },
    async exists({ s3 }, _, { bucket: Bucket, key }) {
      const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix: key });
      return Contents.some(({ Key }) => Key === key);
    },
    // As the plugin does in a bucket that keeps versions: all of them.
    async delete({ s3 }, _, { bucket: Bucket, key }) {
      const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket, Prefix: key });
      const versions = [...Versions, ...DeleteMarkers].filter(({ Key }) => Key === key);
      await pastPolicy(s3, Bucket, () =>
        Promise.all(versions.map(({ VersionId }) => s3.deleteObject({ Bucket, Key: key, VersionId }))),
      );
    },
  }),
  "aws:s3/bucketVersioning:BucketVersioning": setting<{ versioningConfiguration: { status: "Enabled" } }>({
    args: ["versioningConfiguration"],
    put: (s3, Bucket, { versioningConfiguration: { status: Status } }) =>
      s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } }),
    get: (s3, Bucket) => s3.getBucketVersioning({ Bucket }),
    // Versioning cannot be removed, only suspended.
    remove: (s3, Bucket) => s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting<{
    rules: EncryptionRule[];
  }>({
    args: ["rules"],
    put: (s3, Bucket, { rules }) =>
      s3.putBucketEncryption({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: rules.map(encryptionRule) },
      }),
    get: (s3, Bucket) => s3.getBucketEncryption({ Bucket }),
    remove: (s3, Bucket) => s3.deleteBucketEncryption({ Bucket }),
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting<Record<AccessBlock, boolean>>({
    args: ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"],
    put: (s3, Bucket, inputs) =>
      s3.putPublicAccessBlock({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: inputs.blockPublicAcls,
          BlockPublicPolicy: inputs.blockPublicPolicy,
          IgnorePublicAcls: inputs.ignorePublicAcls,
          RestrictPublicBuckets: inputs.restrictPublicBuckets,
        },
      }),
    get: (s3, Bucket) => s3.getPublicAccessBlock({ Bucket }),
    remove: (s3, Bucket) => s3.deletePublicAccessBlock({ Bucket }),
  }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting<{ rules: ExpiryRule[] }>({
    args: ["rules"],
    put: (s3, Bucket, { rules }) =>
      s3.putBucketLifecycleConfiguration({
        Bucket,
        LifecycleConfiguration: { Rules: rules.map(lifecycleRule) },
      }),
    get: (s3, Bucket) => s3.getBucketLifecycleConfiguration({ Bucket }),
    remove: (s3, Bucket) => s3.deleteBucketLifecycle({ Bucket }),
  }),
  "aws:s3/bucketPolicy:BucketPolicy": setting<{ policy: string }>({
    args: ["policy"],
    put: (s3, Bucket, { policy: Policy }) => s3.putBucketPolicy({ Bucket, Policy }),
    get: (s3, Bucket) => s3.getBucketPolicy({ Bucket }),
    remove: (s3, Bucket) => s3.deleteBucketPolicy({ Bucket }),
  }),
};

type AccessBlock = "blockPublicAcls" | "blockPublicPolicy" | "ignorePublicAcls" | "restrictPublicBuckets";

interface StoredObject {
  bucket: string;
  key: string;
  content: string;
  contentType: string;
}

interface EncryptionRule {
  applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms"; kmsMasterKeyId: string };
  bucketKeyEnabled: boolean;
}

interface ExpiryRule {
  id: string;
  status: "Enabled";
  filter: object;
  expiration: { days?: number; expiredObjectDeleteMarker?: boolean };
  noncurrentVersionExpiration?: { noncurrentDays: number };
  abortIncompleteMultipartUpload?: { daysAfterInitiation: number };
}

interface Setting<Args> {
  readonly args: (keyof Args & string)[];
  readonly put: (s3: S3, bucket: string, inputs: Args) => Promise<unknown>;
  readonly get: (s3: S3, bucket: string) => Promise<unknown>;
  readonly remove: (s3: S3, bucket: string) => Promise<unknown>;
}

/** A setting of a bucket: put, put again to change it, and removed. */
function setting<Args>({ args, put, get, remove }: Setting<Args>): AnyResource {
  return resource<Args & { bucket: string }>({
    args: ["bucket", ...args],
    async create({ s3 }, inputs) {
      await put(s3, inputs.bucket, inputs);
      return { id: inputs.bucket };
    },
    exists: ({ s3 }, bucket) => found(get(s3, bucket)),
    update: ({ s3 }, inputs) => put(s3, inputs.bucket, inputs),
    delete: ({ s3 }, bucket) => remove(s3, bucket),
  });
}

/** moto takes a Deny of a bucket's policy without its condition, and so would refuse every call about an object. */
async function pastPolicy(s3: S3, Bucket: string, call: () => Promise<unknown>): Promise<void> {
  const Policy = await s3.getBucketPolicy({ Bucket }).then(
    (answer) => answer.Policy,
    () => undefined,
  );
  if (Policy !== undefined) await s3.deleteBucketPolicy({ Bucket });
  await call();
  if (Policy !== undefined) await s3.putBucketPolicy({ Bucket, Policy });
}

async function empty(s3: S3, Bucket: string): Promise<void> {
  const { Contents = [] } = await s3.listObjectsV2({ Bucket });
  await Promise.all(Contents.map(({ Key }) => s3.deleteObject({ Bucket, Key })));
}

function encryptionRule({ applyServerSideEncryptionByDefault: by, bucketKeyEnabled }: EncryptionRule) {
  return {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: by.sseAlgorithm, KMSMasterKeyID: by.kmsMasterKeyId },
    BucketKeyEnabled: bucketKeyEnabled,
  } satisfies ServerSideEncryptionRule;
}

function lifecycleRule(rule: ExpiryRule): LifecycleRule {
  const { id, status, expiration, noncurrentVersionExpiration: old, abortIncompleteMultipartUpload: abort } = rule;
  return {
    ID: id,
    Status: status,
    // Of everything: the program's rules have an empty filter.
    Filter: { Prefix: "" },
    Expiration: { Days: expiration.days, ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker },
    NoncurrentVersionExpiration: old && { NoncurrentDays: old.noncurrentDays },
    AbortIncompleteMultipartUpload: abort && { DaysAfterInitiation: abort.daysAfterInitiation },
  };
}
