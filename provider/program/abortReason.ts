import * as pulumi from "@pulumi/pulumi";

/** The reason for an abort if the program gives none. It names the project and the stack. */
export function defaultAbortReason(): string {
  return `Removed by Pulumi from ${pulumi.getProject()}/${pulumi.getStack()}`;
}
