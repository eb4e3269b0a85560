import * as pulumi from "@pulumi/pulumi";
import { addressKey } from "../model/addresses";
import { maskAddress } from "../text/masking";
import { programError } from "./programError";

interface Claim {
  readonly name: string;
  readonly allowDuplicateEmail: boolean;
}

/** The claims on addresses, by run of a program: one process can run several inline programs. */
const claims = new WeakMap<object, Map<string, Claim>>();

/** The addresses in a journey that an enrollment or a cohort claims. */
export interface Claimed {
  readonly journeyId: pulumi.Input<string>;
  readonly emails: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly allowDuplicateEmail?: pulumi.Input<boolean> | undefined;
}

/**
 * Claims addresses for an enrollment or a cohort, and passes `allowDuplicateEmail` on. The returned output fails if an
 * earlier enrollment of this run has claimed an address in the same journey. A resource with a failed input is not
 * registered, so nothing is sent. `allowDuplicateEmail` is the input that fails, because it is never secret, and because
 * a preview loses nothing else while an address is unknown.
 *
 * @throws {pulumi.RunError} Through the returned output.
 */
export function claimAddresses(name: string, claimed: Claimed): pulumi.Output<boolean> {
  const claim = pulumi.all([claimed.journeyId, claimed.emails, claimed.allowDuplicateEmail ?? false]);
  return pulumi.unsecret(claim).apply(([journeyId, emails, allowDuplicateEmail]) => {
    const run = pulumi.runtime.getStackResource();
    if (run === undefined) return allowDuplicateEmail;
    const taken = claims.get(run) ?? new Map<string, Claim>();
    claims.set(run, taken);
    for (const email of emails as unknown[]) {
      // The provider's check refuses values of the wrong type.
      const key = addressKey({ journeyId, email: String(email) });
      const other = taken.get(key);
      if (other !== undefined && !(other.allowDuplicateEmail && allowDuplicateEmail)) {
        throw programError(
          `"${other.name}" and "${name}" both enroll ${maskAddress(String(email))} in journey ${journeyId}. ` +
            "Remove one, or set allowDuplicateEmail on both.",
        );
      }
      taken.set(key, { name, allowDuplicateEmail });
    }
    return allowDuplicateEmail;
  });
}
