import * as pulumi from "@pulumi/pulumi";
import { mailboxKey } from "../model/addresses";
import { maskAddress } from "../text/masking";
import { claimMailboxOfContact } from "./claimAddresses";
import { programError } from "./programError";

/** The resources' names by mailbox, by run of a program: one process can run several inline programs. */
const claims = new WeakMap<object, Map<string, string>>();

/**
 * Claims an address for a contact, and passes `adopt` on. The returned output fails if an earlier contact of this run has
 * the address. `adopt` is the input that fails, because it is never secret.
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
    const run = pulumi.runtime.getStackResource();
    if (run === undefined) return passedOn;
    const taken = claims.get(run) ?? new Map<string, string>();
    claims.set(run, taken);
    // The provider's check refuses values of the wrong type.
    const key = mailboxKey(String(address));
    const other = taken.get(key);
    if (other !== undefined)
      throw programError(
        `"${other}" and "${name}" are both the contact ${maskAddress(String(address))}. Remove one: deleting either would archive the contact of both.`,
      );
    taken.set(key, name);
    claimMailboxOfContact(name, String(address));
    return passedOn;
  });
}
