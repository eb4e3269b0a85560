import * as pulumi from "@pulumi/pulumi";
import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

/**
 * One seed contact, at an address of its stack's own: journey and mailbox come from the stack's config, so that nobody
 * enrolls a stranger by running it as it is.
 *
 * @param abortReason Default: the package's.
 */
export function seedContact(abortReason?: string): pulumi.Inputs {
  const config = new pulumi.Config();
  const qa = new JourneyEnrollment("qa-welcome", {
    journeyId: config.require("journeyId"),
    email: stackAddress(config.require("mailbox")),
    data: { firstName: "Ada" },
    ...(abortReason === undefined ? {} : { abortReason }),
  });
  return { instanceId: qa.instanceId, status: qa.status };
}
