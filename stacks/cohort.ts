import * as pulumi from "@pulumi/pulumi";
import { JourneyCohort, stackAddress } from "pulumi-mailmodo";

/** As many seed contacts as the config says, in one journey, against the local sandbox. */
export function program(): pulumi.Inputs {
  const many = new pulumi.Config().getNumber("contacts") ?? 500;
  const smoke = new JourneyCohort("smoke", {
    // The sandbox takes any journey id; this one is invented.
    journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
    contacts: Array.from({ length: many }, (_, nth) => ({
      email: stackAddress(`qa+${nth}@seeds.example.com`),
      data: { firstName: "Ada", seats: nth },
    })),
    abortReason: "sandbox closed",
  });
  return { size: smoke.size };
}
