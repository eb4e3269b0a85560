import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { PrivateAccess } from "./privateAccess";

export interface MailBucketArgs {
  /** The ARN of the receipt rule that delivers here. */
  readonly writerArn: pulumi.Output<string>;
}

const KEPT_DAYS = 7;

/** Where received mail lies for a week, an object for each: one receipt rule may write, and nobody else from outside. */
export class MailBucket extends pulumi.ComponentResource {
  /** The bucket's name. */
  readonly bucket: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** What each mail's key begins with. */
  readonly prefix = "mail/";

  constructor(name: string, { writerArn }: MailBucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:MailBucket", name, {}, options);
    const inside = { parent: this };
    // A destroy takes what mail is left: a week later it would be gone anyway. S3 encrypts it with a key of its own.
    const bucket = new s3.Bucket(`seed-${name}`, { forceDestroy: true }, inside);
    new s3.BucketLifecycleConfiguration(
      name,
      {
        bucket: bucket.bucket,
        rules: [{ id: "expiry", status: "Enabled", filter: {}, expiration: { days: KEPT_DAYS } }],
      },
      inside,
    );
    new PrivateAccess(
      name,
      {
        bucket,
        allow: [
          {
            Sid: "ReceiveMail",
            Effect: "Allow",
            Principal: { Service: "ses.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${bucket.arn}/${this.prefix}*`,
            // SES serves every account: without these, a rule of anybody's could write here.
            Condition: { StringEquals: { "aws:SourceAccount": accountOf(writerArn), "aws:SourceArn": writerArn } },
          },
        ],
      },
      inside,
    );
    this.bucket = bucket.bucket;
    this.arn = bucket.arn;
    this.registerOutputs({ bucket: this.bucket, arn: this.arn });
  }
}

function accountOf(arn: pulumi.Output<string>): pulumi.Output<string> {
  return arn.apply((text) => text.split(":")[4] ?? "");
}
