import * as pulumi from "@pulumi/pulumi";

/** The stack's full name: `organization/project/stack`. Only the program knows it; a plugin gets it from its inputs. */
export function fullStackName(): string {
  return [organization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** getOrganization throws if no organization was given, as in unit tests of a program. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return DEFAULT_ORGANIZATION;
  }
}

/** The name of the organization in backends in a folder or a bucket. */
const DEFAULT_ORGANIZATION = "organization";
