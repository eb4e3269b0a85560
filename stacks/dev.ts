import type * as pulumi from "@pulumi/pulumi";
import { seedContact } from "./seedContact";

/** An example for the real service. **Every `up` sends real mail.** */
export function program(): pulumi.Inputs {
  return seedContact();
}
