import * as pulumi from "@pulumi/pulumi";

/** The stack's full name: `organization/project/stack`. Only the program knows it; a plugin learns it from its inputs. */
export function fullStackName(): string {
  return [organization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** Where no organization was given, as in unit tests of a program, getOrganization throws. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return DEFAULT_ORGANIZATION;
  }
}

/** What backends in a folder or a bucket call it. */
const DEFAULT_ORGANIZATION = "organization";
