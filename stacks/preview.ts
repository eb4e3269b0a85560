import * as pulumi from "@pulumi/pulumi";
import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

/**
 * What a pull request's preview has: one seed contact, at an address of its stack's own, in the journey that the config
 * names. **Every new preview sends real mail**, but against the sandbox.
 */
export function program(): pulumi.Inputs {
  const config = new pulumi.Config();
  const qa = new JourneyEnrollment("qa-welcome", {
    journeyId: config.require("journeyId"),
    email: stackAddress(config.require("mailbox")),
    data: { firstName: "Ada" },
    abortReason: "preview closed",
  });
  return { instanceId: qa.instanceId, status: qa.status };
}
