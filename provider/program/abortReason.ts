import * as pulumi from "@pulumi/pulumi";

/** What Mailmodo is told at the end where the program gives no reason. */
export function defaultAbortReason(): string {
  return `Removed by Pulumi from ${pulumi.getProject()}/${pulumi.getStack()}`;
}
