import * as pulumi from "@pulumi/pulumi";
import { ONLY_ORGANIZATION } from "../text/stackArgument";

/** The stack's full name: `organization/project/stack`. Only the program knows it; a plugin gets it from its inputs. */
export function fullStackName(): string {
  return [organization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** getOrganization throws if no organization was given, as in unit tests of a program. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return ONLY_ORGANIZATION;
  }
}
