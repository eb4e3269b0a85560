import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { denyPlainHttp, policy, type Statement } from "./policies";

export interface PrivateAccessArgs {
  readonly bucket: s3.Bucket;
  /** Who may come in beside the account's own. Default: nobody. */
  readonly allow?: Statement[];
}

/** Closes a bucket: nothing of it can be made public, and nobody comes in without TLS. */
export class PrivateAccess extends pulumi.ComponentResource {
  constructor(name: string, { bucket, allow = [] }: PrivateAccessArgs, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:PrivateAccess", name, {}, options);
    const block = new s3.BucketPublicAccessBlock(
      name,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this },
    );
    new s3.BucketPolicy(
      name,
      { bucket: bucket.bucket, policy: policy(...allow, denyPlainHttp(bucket.arn)) },
      // S3 refuses two such changes to one bucket at the same time.
      { parent: this, dependsOn: block },
    );
    this.registerOutputs();
  }
}
