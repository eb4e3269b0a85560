import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

const welcome = new JourneyEnrollment("welcome", {
  // The sandbox takes any journey id. For the real service: a journey whose trigger is "API / Webhook".
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  // Each stack has an address of its own: qa+<project>.<stack>@seeds.example.com
  email: stackAddress("qa@seeds.example.com"),
  data: { firstName: "Ada" },
});

export const { instanceId, status } = welcome;
