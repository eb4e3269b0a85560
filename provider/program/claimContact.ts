import * as pulumi from "@pulumi/pulumi";
import { mailboxKey } from "../model/addresses";
import { claimMailboxOfContact } from "./claimAddresses";
import { enrolledFirst } from "./enrolledFirst";
import { programError } from "./programError";

/** The inputs of a contact that its claim needs. The others count for what it depends on. */
interface Claimed {
  readonly email: pulumi.Input<string>;
  readonly adopt?: pulumi.Input<boolean> | undefined;
  readonly onDelete?: pulumi.Input<"archive" | "leave"> | undefined;
}

/**
 * Claims an address for a contact, and passes `adopt` on. The returned output fails if an earlier contact of this run has
 * the address, if another resource archives it, or if the contact depends on what enrolls it. `adopt` is the input that
 * fails, because it is never secret.
 *
 * @throws {pulumi.RunError} Through the returned output.
 */
export function claimContact(
  name: string,
  claimed: Claimed,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<boolean> {
  const { email, adopt = false } = claimed;
  const passOn = () =>
    pulumi.all([email, adopt]).apply(([address, passedOn]) => {
      // The provider's check refuses values of the wrong type.
      claimMailboxOfContact(name, String(address));
      return passedOn;
    });
  return pulumi.unsecret(orderOf(name, claimed, opts).apply(passOn));
}

/** Fails if Pulumi would delete the contact before what enrolls its address. Nothing could then archive it. */
function orderOf(name: string, claimed: Claimed, opts: pulumi.CustomResourceOptions): pulumi.Output<unknown> {
  const { email, onDelete } = claimed;
  const refuse = (how: string) =>
    programError(
      `The contact "${name}" must not ${how}: Pulumi would delete the contact first, while its journey runs, so no destroy could ` +
        'archive it. Make the contact first, and let the enrollment take its email from it. Or set onDelete: "leave".',
    );
  return pulumi.output(enrolledFirst(claimed, opts)).apply(({ bySources, byOthers }) =>
    pulumi.all([
      // A preview may not know the address that the enrollment gives.
      ...bySources.slice(0, 1).map(({ by }) =>
        pulumi.output(onDelete).apply((atDelete) => {
          if (atDelete !== "leave") throw refuse(`take its email from the ${by}`);
        }),
      ),
      ...byOthers.map(({ by, emails }) =>
        pulumi.all([email, onDelete, emails()]).apply(([address, atDelete, others]) => {
          const isSame = (other: unknown) => mailboxKey(String(other)) === mailboxKey(String(address));
          if (atDelete !== "leave" && (others as unknown[]).some(isSame))
            throw refuse(`depend on the ${by}, which enrolls its address`);
        }),
      ),
    ]),
  );
}
