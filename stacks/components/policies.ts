import type { input } from "@pulumi/aws/types";
import * as pulumi from "@pulumi/pulumi";

/** One statement of an IAM policy; its parts may be outputs. */
export type Statement = input.iam.PolicyStatement;

/** An IAM policy as JSON. */
export function policy(...statements: Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** Refuses everybody who comes to a bucket without TLS. */
export function denyPlainHttp(bucketArn: pulumi.Output<string>): Statement {
  return {
    Sid: "DenyPlainHttp",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
