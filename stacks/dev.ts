import * as pulumi from "@pulumi/pulumi";
import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

/**
 * An example for the real service. **Every `up` sends real mail**: the journey and the mailbox come from the stack's
 * config, so that nobody enrolls a stranger by running it as it is.
 */
export function program(): pulumi.Inputs {
  const config = new pulumi.Config();
  const qa = new JourneyEnrollment("qa-welcome", {
    journeyId: config.require("journeyId"),
    email: stackAddress(config.require("mailbox")),
    data: { firstName: "Ada" },
  });
  return { instanceId: qa.instanceId, status: qa.status };
}
