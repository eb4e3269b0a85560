import * as pulumi from "@pulumi/pulumi";
import { claimMailboxOfContact } from "./claimAddresses";

/**
 * Claims an address for a contact, and passes `adopt` on. The returned output fails if an earlier contact of this run has
 * the address, or if another resource archives it. `adopt` is the input that fails, because it is never secret.
 *
 * @throws {pulumi.RunError} Through the returned output.
 */
export function claimContact(
  name: string,
  {
    email,
    adopt = false,
  }: { readonly email: pulumi.Input<string>; readonly adopt?: pulumi.Input<boolean> | undefined },
): pulumi.Output<boolean> {
  return pulumi.unsecret(pulumi.all([email, adopt])).apply(([address, passedOn]) => {
    // The provider's check refuses values of the wrong type.
    claimMailboxOfContact(name, String(address));
    return passedOn;
  });
}
