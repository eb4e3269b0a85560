import type * as pulumi from "@pulumi/pulumi";
import { seedContact } from "./seedContact";

/** What a pull request's preview has. **Every new preview sends real mail**, but against the sandbox. */
export function program(): pulumi.Inputs {
  return seedContact("preview closed");
}
