import * as pulumi from "@pulumi/pulumi";
import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

// The sandbox takes any journey id; these two are invented.
const welcome = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
const trialEnding = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";

/** Two seed contacts, one of them with personalization values, against the local sandbox. */
export function program(): pulumi.Inputs {
  const config = new pulumi.Config();
  const abortReason = config.get("abortReason") ?? "sandbox closed";

  const qa = new JourneyEnrollment("qa-welcome", {
    journeyId: welcome,
    email: stackAddress("qa@seeds.example.com"),
    abortReason,
  });
  const trial = new JourneyEnrollment("trial-ending", {
    journeyId: trialEnding,
    email: stackAddress("trial@seeds.example.com"),
    data: { firstName: "Ada", seats: 3, trial: true },
    abortReason,
  });

  return { qaWelcome: qa.instanceId, trialEnding: trial.instanceId };
}
