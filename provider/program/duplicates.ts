import * as pulumi from "@pulumi/pulumi";
import { markOf } from "../model/addresses";
import { maskAddress } from "../text/masking";
import { programError } from "./programError";

interface Claim {
  readonly name: string;
  readonly allowDuplicateEmail: boolean;
}

/** Who enrolls which address where, for each run of a program: one process can run several, with inline programs. */
const claims = new WeakMap<object, Map<string, Claim>>();

/** What an enrollment or a cohort claims. */
export interface Claimed {
  readonly journeyId: pulumi.Input<string>;
  readonly emails: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly allowDuplicateEmail?: pulumi.Input<boolean> | undefined;
}

/**
 * Passes `allowDuplicateEmail` on, and fails it where an earlier enrollment of this run has the same journey and
 * address. On this input, because it is never secret and nothing else is lost in preview while an address is unknown;
 * as an input at all, because the resource is then not registered, and nothing is sent.
 */
export function refuseDuplicates(name: string, claimed: Claimed): pulumi.Output<boolean> {
  const claim = pulumi.all([claimed.journeyId, claimed.emails, claimed.allowDuplicateEmail ?? false]);
  return pulumi.unsecret(claim).apply(([journeyId, emails, allowDuplicateEmail]) => {
    const run = pulumi.runtime.getStackResource();
    if (run === undefined) return allowDuplicateEmail;
    const taken = claims.get(run) ?? new Map<string, Claim>();
    claims.set(run, taken);
    for (const email of emails as unknown[]) {
      // Values of the wrong type are the check's to refuse.
      const key = markOf({ journeyId, email: String(email) });
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
