import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { PrivateAccess } from "./privateAccess";
import { META_KEY } from "./stateKeys";

export interface StateBucketArgs {
  /** The ARN of the KMS key that encrypts what is in it. */
  readonly keyArn: pulumi.Input<string>;
}

const OLD_VERSIONS_DAYS = 90;

/** Where Pulumi keeps its state: every version of it, encrypted and private. */
export class StateBucket extends pulumi.ComponentResource {
  /** The bucket's name. */
  readonly bucket: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** What `pulumi login` takes. */
  readonly backendUrl: pulumi.Output<string>;

  constructor(name: string, { keyArn }: StateBucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:StateBucket", name, {}, options);
    const inside = { parent: this };
    const bucket = new s3.Bucket(`pulumi-${name}`, {}, inside);
    const versioning = new s3.BucketVersioning(
      name,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      inside,
    );
    const encryption = new s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
            // One call to KMS for many objects: Pulumi writes the state twice for each resource.
            bucketKeyEnabled: true,
          },
        ],
      },
      inside,
    );
    new s3.BucketLifecycleConfiguration(
      name,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "old-versions",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: OLD_VERSIONS_DAYS },
            expiration: { expiredObjectDeleteMarker: true },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      // Its rule is about versions.
      { parent: this, dependsOn: versioning },
    );
    const access = new PrivateAccess(name, { bucket }, inside);
    // The CLI writes it at the first use of an empty bucket, which a preview's role may not.
    new s3.BucketObjectv2(
      `${name}-meta`,
      { bucket: bucket.bucket, key: META_KEY, content: "version: 1\n", contentType: "text/plain; charset=utf-8" },
      { parent: this, dependsOn: [versioning, encryption, access] },
    );

    this.bucket = bucket.bucket;
    this.arn = bucket.arn;
    this.backendUrl = pulumi.interpolate`s3://${bucket.bucket}?region=${bucket.region}`;
    this.registerOutputs({ bucket: this.bucket, arn: this.arn, backendUrl: this.backendUrl });
  }
}
